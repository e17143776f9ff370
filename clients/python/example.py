"""Adds a role and provisions with it: example.py <id of the person> <id of the target>"""
import sys
from cohort_client import Cohort

person, target = map(int, sys.argv[1:])
with Cohort() as cohort:
    role = cohort.co_person_roles.add({"Person": {"Type": "CO", "Id": person}, "Affiliation": "staff", "Status": "Active"})
    ended = cohort.wait(cohort.provision(target, copersonid=person))
    print(f"role {role}, provisioning {ended.get('Status')}")
