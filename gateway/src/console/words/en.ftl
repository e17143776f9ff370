# What people read in the console, in English. The format is Fluent: https://projectfluent.org/fluent/guide/
#
# What stands in braces is filled in: names, numbers, times, links. It may stand elsewhere in the sentence, or be left out where
# another language does not need it. Numbers (mostly $count) choose among forms by the rules of the language. How to translate
# the file: docs/console.md.

## Every page

document-title = { $title } · Cohort
skip = Skip to the content
console = Console
to-the-console = To the console
find-hint = Name, mail address or identifier of a person
find-placeholder = Find a person
find = Find
log-out = Log out
not-connected = Not connected: what is shown may be old. It goes on by itself.
go-back = No, go back
show = Show
more = More
yes = yes
no = no
time-utc = { $time } UTC

## What records are called

co-number = CO { $co }
all-of-co = All of CO { $co }
cou-number = COU { $cou }
all-of-cou = All of COU { $cou }
person-number = Person { $person }
group-number = Group { $group }
list-number = Email list { $list }
service-number = Service { $service }
target-number = target { $target }
request-number = Request { $request }
user-number = API user { $user }
target = Target
person = Person
group = Group
list = Email list
service = Service
co = CO
cou = COU
# A target without a description.
target-unnamed = { $plugin } { $target }

## What several pages have as labels and heads of columns

status = Status
subject = Subject
request = Request
attempts = Attempts
last-error = Last error
changed = Changed
action = Action
next-try = Next try
waiting = Waiting
failing = Failing
held = Held
known-as = Known there as
when = When
valid-from = From
valid-through = Through
at-the-targets = At the targets
back-to-target = Back to the target

## What went wrong

problem = This did not work
problem-nobody = Name or key is wrong, or does not count now or from here.
problem-method = This takes only { $methods }.
problem-too-large = A form may have at most { $bytes } bytes.
problem-too-slow = The form did not come in time; send it again.
problem-gone = What is asked for is not kept any more.
problem-too-many = That was too often. Try again in { $seconds } seconds.
switched-off = The console is switched off here (console.enabled).
form-expired = The form is not of this session. Load its page again.
browsers-only = The console is for browsers, which say whose page asks. Programs use the API.
no-such-page = There is no such page. The navigation leads to those that are.
no-such-form = There is no such form.

## Login

log-in-title = Log in to Cohort
log-in = Log in
log-in-user = API user
log-in-key = Key
# $user is the name of a user, $command a command.
log-in-help = Log in with the full name of an API user, such as { $user }, and its key. { $command } makes one, and a new key.

## Now

now = Now
# $call is a call of the API.
now-no-co = There is no CO yet. Make one with { $call }; its targets will be shown here.
now-no-targets = Nothing is provisioned from here yet. Make a target with { $call }.
now-targets = Targets of { $co }
now-health = Health
now-oldest = Oldest
causes = Failing at { $target }
causes-first = Of the first { $count } failed requests:
causes-all = All failed requests of { $target }
cause-count = { $count } ×
cause-silent = without a word
cause-retry = Retry these
picture-waiting = Over the last three hours at most { $count } requests waited
picture-age = Over the last three hours at most { $count } seconds was the age of the oldest

## A target

target-nothing-fails = Nothing fails here.
target-as-a-whole = With all of it
target-facts = What it is
target-requests = Requests of { $target }
target-oldest-since = Oldest since
target-concurrency = Calls at once
target-last-success = Last success
target-id = Id
target-plugin = Plugin
target-mode = Mode
target-mode-value = { $mode ->
    [A] { $mode }: follows changes
    [Q] { $mode }: follows changes
    [QE] { $mode }: follows changes
    [E] { $mode }: follows confirmed invitations, and is asked for the rest
    [M] { $mode }: only when asked
    [X] { $mode }: disabled
   *[other] { $mode }
}
target-only-group = Only group
target-retries = Tries again after
target-retries-value = { $seconds } s, at most { $count } times
target-guard = Guard
target-guard-value = holds removals beyond { $share } % and { $count } within { $seconds } s
target-plan = Plan for all: what would be sent
retried = { $count ->
    [one] { $count } is queued again.
   *[other] { $count } are queued again.
}
guard = Held by the guard
guard-holds = { $count ->
    [one] { $count } removal held: more than the guard lets go at once. What would go:
   *[other] { $count } removals held: more than the guard lets go at once. What would go:
}
guard-first = The first { $count } are shown.
guard-release = { $count ->
    [one] Release { $count } removal
   *[other] Release { $count } removals
}
guard-release-says = { $count } will be removed from { $target }.
guard-released = { $count ->
    [one] { $count } removal is released.
   *[other] { $count } removals are released.
}
guard-drop = { $count ->
    [one] Drop { $count } removal
   *[other] Drop { $count } removals
}
guard-drop-says = { $count } will stay at { $target }, until something about them changes.
guard-dropped = { $count ->
    [one] { $count } removal is dropped.
   *[other] { $count } removals are dropped.
}
compare = Compare it with the registry
compare-repair = Compare and repair
compare-repair-says = What is missing or different at { $target } will be provisioned again.
compare-began = The target is being compared; its differences will be on this page.
compare-never = It cannot be compared with the registry: what a target of { $plugin } has cannot be read back.
# In place of $plugin above, where it has no name.
compare-its-plugin = its plugin
compare-disabled = It can be compared with the registry when it is not disabled any more.

## The configuration of a target

configuration = Configuration
configuration-of = Configuration of { $target }
configuration-about = What { $plugin } is to be told. Secrets are shown as ********; leave them so to keep them.
configuration-unknown = Nothing is known of this plugin here; its configuration is changed by the API.
configuration-not-stored = Nothing was stored.
configuration-check = Check and store
configuration-store = Store without reaching for it
configuration-checked = The target was reached, and its configuration is stored.
configuration-stored = The configuration is stored.
configuration-required = (required)
configuration-default = { $help }; if absent: { $default }
# The key must come first, in straight quotes: by that the sentence finds its field.
configuration-objects = "{ $key }" must be a list of objects in JSON: { $error }.

## What would be sent

plan-of = Plan for { $subject }
plan-about = This would be sent. Nothing has been.
plan-none = There is nothing to plan for.
# $work is the API's word for what would be done.
plan-subject = { $subject }: { $work }
plan-no-steps = Nothing has to be sent: the target has it already.

## People

people = People
people-query = Name, mail address, identifier or number
people-ask = Write whom you look for: at least three letters of a name, a mail address, a part of an identifier, or a number.
people-nobody = Nobody was found. Names must be written in full, of mail addresses all; of identifiers a part is enough.
people-most = At most { $count } are shown: write more of it.
people-found = People found

## A person

person-head = { $status } Person { $person }, changed { $at }
person-known = Mail addresses and identifiers
person-none-known = There are none: targets that need one cannot take this person.
person-past = What was
person-versions = Versions of the person's record
roles = Roles
roles-none = There are no roles: without an active one a person is in no COU.
role-affiliation = Affiliation
role-versions = Versions of the role in { $cou }
person-no-groups = This person is in no group.

## Why somebody is at a target, or is not

explained-no-targets = The CO has no targets: nothing is provisioned anywhere.
provision-now = Provision now
provision-began = It is being provisioned (request { $request }).
provision-plan = Plan: what would be sent
explained-why = Reasons, attempts and times
explained-last-change = Last change
explained-change = { $at } { $actor }: { $sentence }
explained-applied = Applied
explained-applied-value = { $at }, revision { $revision } of { $current }
explained-not-tried = It was not tried yet.
attempt-tried = Tried
attempt-outcome = Outcome
attempt-said = What the target said

## History and versions

history = History
history-of = History of { $name }
history-back = Back to { $name }
history-none = Nothing has happened to this person since.
history-what = What happened
history-by = By
history-house = Cohort
history-later = What happened later
versions-of = Versions of { $record } { $number }
versions-about = What it was, the newest first, and who made it so.
versions-none = There are no older versions.
versions-older = Older versions
versions-not-kept = No versions are kept of these.
revision = Revision { $revision }
revision-deleted = Revision { $revision }: it was deleted
revision-until = From { $from }, through { $through }, by { $actor }
revision-still = From { $from }, and still so, by { $actor }
revision-same = No field that is shown was changed.
revision-fields = Fields of Revision { $revision }
revision-field = Field
revision-before = Before
revision-after = After

## Groups, email lists and services

groups = Groups
subjects-no-co = There is no CO yet, and so there is nothing here.
groups-none = There are no groups here. { $call } makes one.
groups-more = More groups
group-head = { $status } Group { $group }, changed { $at }
group-versions = Versions of the group's record

lists = Email lists
lists-none = There are no email lists here. { $call } makes one.
lists-more = More email lists
list-head = { $status } Email list { $list }, changed { $at }
list-versions = Versions of the email list's record

services = Services
services-none = There are no services here. { $call } makes one.
services-more = More services
service-head = { $status } Service { $service }, changed { $at }
service-versions = Versions of the service's record

## Requests

requests = Requests
requests-none = No request fits. Choose another status, or fewer filters.
requests-more = More requests
requests-all = All
requests-choose = Choose request { $request }
requests-choose-all = All on this page
requests-retry = Retry those chosen
requests-cancel = Cancel those chosen…
requests-none-chosen = No request was chosen.
requests-retry-or-cancel = The form must say retry or cancel.
requests-cancel-title = Cancel requests?
requests-cancel-says = { $count ->
    [one] 1 request will be canceled: { $requests }. What it would have sent is not sent.
   *[other] { $count } requests will be canceled: { $requests }. What they would have sent is not sent.
}
requests-cancel-sure = { $count ->
    [one] Cancel 1 request
   *[other] Cancel { $count } requests
}
requests-retried = { $count ->
    [one] 1 is queued again.
   *[other] { $count } are queued again.
}
requests-canceled = { $count ->
    [one] 1 is canceled.
   *[other] { $count } are canceled.
}
# Follows one of the two above; $sentences is what was refused, and why.
requests-refused = { $count ->
    [one] 1 is not: { $sentences }
   *[other] { $count } are not: { $sentences }
}

## A request

request-about = { $subject } at { $target }
request-asked-by = Asked by
request-by-change = a change
request-made = Made
request-started = Started
request-ended = Ended
request-trace = Trace
request-progress = Progress
request-progress-value = { $done } of { $count } done, { $failed } failed, { $waiting } wait, { $rate } each second
request-retry = Retry this request
request-retried = It is queued again.
request-cancel = Cancel this request
request-cancel-title = Cancel a request?
request-cancel-says = Request { $request } will be canceled: what it would have sent is not sent.
request-canceled = It is canceled.
differences = Differences
difference = Difference
differences-first = The first { $count } are shown; the API has them all.

## API users

users = API users
users-none = There are none to see here. { $call } makes one.
user-name = Name
user-privileged = Privileged
user-addresses = Addresses
user-last-used = Last used
user-all-cos = all
user-any-address = any
key-new = New key…
key-new-of = New key for { $name }…
key-title = A new key?
key-says = { $name } gets a new key. Its present key ends at once, for every program that uses it.
key-sure = Make a new key
key-made = A new key
key-shown = This is the new key of { $name }. It is shown this once; the old one has ended.
key-back = To the API users

## The security log

log = Security log
log-days = Of the last days
log-records = Records
log-none = Nothing was written down then. Look at more days, or with fewer filters.
log-later = What was written down later
log-who = Who
log-from = From
log-what = What
log-changes = Changes
log-resource = Resource
log-id = Id
