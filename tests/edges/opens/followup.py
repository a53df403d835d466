"""Follow-ups and the report: which roles open their pages and their verbs."""

from tests.edges.opens.roles import A, N, S

PAGES = {
    "followups": {N, S},
    "followups_live": {N, S},
    "followup_attempt": {N},
    "followup_claim": {N},
    "followup_close": {N},
    "followup_postpone": {N},
    "report": {S, A},
    "report_csv": {S, A},
}
API = {
    "api:followups": {N, S},
    "api:claim": {N},
    "api:attempt": {N},
    "api:postpone": {N},
    "api:complete": {N},
    "api:report": {S, A},
}
