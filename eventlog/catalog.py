"""Facts that both folds and rules need: policy defaults, roles, the few fixed numbers."""

from __future__ import annotations

POLICY: dict[str, int] = {
    "heartbeatTimeoutSeconds": 90,
    "maxLeaseSeconds": 1800,
    "pickupSeconds": 600,
    "waitingSeconds": 900,
    "maxSilentSeconds": 1800,
    "maxAttempts": 3,
    "maxRefusals": 6,
    "parkedGraceSeconds": 120,
    "idleWaits": 3,
    "lowScore": 3,
}
SECOND = 1_000_000  # microseconds
ADVICE = ("drift", "context")  # kinds of Escalated that do not park
FIRST_TO_COORDINATOR = ("blocked", "drift", "context")
FINAL = ("completed", "failed", "cancelled")
OPEN_ATTEMPT = ("assigned", "running", "lapsed", "parked")
ENGINEER, COORDINATOR = ROLES = ("engineer", "coordinator")  # hold their roles by name
RESUMED_LEASE = 600  # seconds at least, after an answer
SILENT_STEP = 1800  # seconds; a longer step before a LogResumed does not count
NOBODY_WATCHING = 3600  # seconds of silence without a live lease before a LogResumed
MARGIN = 60  # seconds added to the longest lease before the log is taken as unwatched
LIVE_NAME = 600  # seconds after its last event in which a name counts as live
MAX_PARKED = 2  # parked tasks at which a worker gets no new one
SIGN_EVERY = 15  # seconds between the signs of life that evt appends by itself
PASSED_TIMES, PASSED_SECONDS = 3, 300  # passed over so often, or so long: then lower ranks wait
CHAIN_MAX = 64  # beyond it a longer chain does not rank higher
TAKEOVER = "takeover"  # reason of the WorkerLeft whose name somebody else takes on at once
REFUSED_SAME = 3  # refusals of one attempt with the same findings, then the engineer is asked
