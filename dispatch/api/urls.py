"""API URLs, versioned, in path order."""

from django.urls import URLPattern, path
from django.views.decorators.common import no_append_slash
from rest_framework.views import APIView

from dispatch.api import (
    calls,
    followups,
    offers,
    reports,
    staff,
    triage,
    units,
    wordings,
)
from dispatch.api.schema import Document

app_name = "api"
CALL, SEAT, OFFER = "calls/<uuid:pk>/", "seats/<uuid:pk>/", "offers/<uuid:pk>/"
SESSION, UNIT = "sessions/<uuid:pk>/", "units/<uuid:pk>/"
FOLLOWUP = "followups/<uuid:pk>/"


def verb(route: str, view: type[APIView], name: str) -> URLPattern:
    """Without its last slash it is unknown: a redirect makes a read of a write."""
    return path(route, no_append_slash(view.as_view()), name=name)


urlpatterns = [
    verb("schema/", Document, "schema"),
    verb("board/", calls.SeeBoard, "board"),
    verb("calls/", calls.OpenCall, "open-call"),
    verb(CALL, calls.SeeCall, "call"),
    verb(CALL + "details/", calls.CorrectCall, "correct-call"),
    verb(CALL + "notes/", calls.AddNote, "add-note"),
    verb(CALL + "take/", calls.TakeCall, "take-call"),
    verb(CALL + "link/", calls.LinkCall, "link-call"),
    verb(CALL + "cancel/", calls.CancelCall, "cancel-call"),
    verb(CALL + "return/", calls.ReturnCall, "return-call"),
    verb(CALL + "resolve/", calls.ResolveCall, "resolve-call"),
    verb(CALL + "close/", calls.CloseCall, "close-call"),
    verb(CALL + "reopen/", calls.ReopenCall, "reopen-call"),
    verb(CALL + "answers/", triage.RecordAnswers, "record-answers"),
    verb(CALL + "preview/", triage.PreviewDecision, "preview"),
    verb(CALL + "complete/", triage.CompleteTriage, "complete-triage"),
    verb(CALL + "decide/", triage.DecideCall, "decide-call"),
    verb(CALL + "override/", triage.OverrideDecision, "override"),
    verb(CALL + "team/", triage.RequestTeam, "request-team"),
    verb(CALL + "send/", offers.SendUnit, "send-unit"),
    verb(SEAT + "confirm/", offers.ConfirmTold, "confirm-told"),
    verb(SEAT + "clear-scene/", offers.ClearScene, "clear-scene"),
    verb(SEAT + "withdraw/", offers.WithdrawSeat, "withdraw-seat"),
    verb("offers/", offers.MyOffers, "offers"),
    verb(OFFER + "accept/", offers.AcceptOffer, "accept-offer"),
    verb(OFFER + "decline/", offers.DeclineOffer, "decline-offer"),
    verb(SESSION + "confirm/", offers.ConfirmSession, "confirm-session"),
    verb(SESSION + "end/", offers.EndSession, "end-session"),
    verb("units/", units.SeeUnits, "units"),
    verb(UNIT + "sign-on/", units.SignOn, "sign-on"),
    verb(UNIT + "sign-off/", units.SignOff, "sign-off"),
    verb(UNIT + "status/", units.ReportStatus, "report-status"),
    verb(UNIT + "position/", units.ReportPosition, "report-position"),
    verb(UNIT + "safe/", units.ConfirmSafe, "confirm-safe"),
    verb(UNIT + "emergency/", units.RaiseEmergency, "emergency"),
    verb(UNIT + "end-emergency/", units.EndEmergency, "end-emergency"),
    verb(UNIT + "clear/", units.ClearUnit, "clear-unit"),
    verb(UNIT + "out-of-service/", units.OutOfService, "out-of-service"),
    verb(UNIT + "in-service/", units.InService, "in-service"),
    verb("presence/", staff.SetPresence, "set-presence"),
    verb("presence/beat/", staff.Beat, "beat"),
    verb("presence/end-wrap-up/", staff.EndWrapUp, "end-wrap-up"),
    verb("followups/", followups.SeeFollowUps, "followups"),
    verb(FOLLOWUP + "claim/", followups.ClaimFollowUp, "claim"),
    verb(FOLLOWUP + "attempt/", followups.AttemptFollowUp, "attempt"),
    verb(FOLLOWUP + "postpone/", followups.PostponeFollowUp, "postpone"),
    verb(FOLLOWUP + "complete/", followups.CompleteFollowUp, "complete"),
    verb("wordings/", wordings.SeeWordings, "wordings"),
    verb("wordings/<uuid:pk>/map/", wordings.MapWording, "map-wording"),
    verb("report/", reports.SeeReport, "report"),
    verb("events/", reports.SeeEvents, "events"),
]
