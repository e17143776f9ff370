"""Keeps a file as the messages of AmqpProvisioner say: consumer.py <url> <queue> <file>"""
import json, os, sys
import pika

url, queue, file = sys.argv[1:]
known = json.load(open(file)) if os.path.exists(file) else {}

def take(channel, delivery, properties, body):
    subject, revision = properties.headers["Cohort-Subject"], int(properties.headers["Cohort-Revision"])
    if revision >= known.get(subject, {"revision": 0})["revision"]:  # an older one does not overtake
        gone = properties.headers["Cohort-Action"] == "remove"
        known[subject] = {"revision": revision, "data": None if gone else json.loads(body)}
        with open(file + ".new", "w") as new:
            json.dump(known, new)
        os.replace(file + ".new", file)
    channel.basic_ack(delivery.delivery_tag)  # last: what was not acknowledged comes again

channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
channel.basic_consume(queue, take)
channel.start_consuming()
