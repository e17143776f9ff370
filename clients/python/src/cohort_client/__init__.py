"""A client of Cohort: see the README beside it."""

from . import records
from .client import Cohort, Event
from .errors import CohortError, NotEnded, Refused, Unreachable

__all__ = ["Cohort", "CohortError", "Event", "NotEnded", "Refused", "Unreachable", "records"]
