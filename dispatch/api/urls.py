"""API URLs, versioned, in path order."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

from dispatch.api import calls, followups, offers, reports, staff, triage, units

app_name = "api"
CALL, SEAT, OFFER = "calls/<uuid:pk>/", "seats/<uuid:pk>/", "offers/<uuid:pk>/"
SESSION, UNIT = "sessions/<uuid:pk>/", "units/<uuid:pk>/"
FOLLOWUP = "followups/<uuid:pk>/"

urlpatterns = [
    path(
        "schema/",
        SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]),
        name="schema",
    ),
    path("board/", calls.SeeBoard.as_view(), name="board"),
    path("calls/", calls.OpenCall.as_view(), name="open-call"),
    path(CALL, calls.SeeCall.as_view(), name="call"),
    path(CALL + "details/", calls.CorrectCall.as_view(), name="correct-call"),
    path(CALL + "notes/", calls.AddNote.as_view(), name="add-note"),
    path(CALL + "take/", calls.TakeCall.as_view(), name="take-call"),
    path(CALL + "link/", calls.LinkCall.as_view(), name="link-call"),
    path(CALL + "cancel/", calls.CancelCall.as_view(), name="cancel-call"),
    path(CALL + "return/", calls.ReturnCall.as_view(), name="return-call"),
    path(CALL + "resolve/", calls.ResolveCall.as_view(), name="resolve-call"),
    path(CALL + "close/", calls.CloseCall.as_view(), name="close-call"),
    path(CALL + "reopen/", calls.ReopenCall.as_view(), name="reopen-call"),
    path(CALL + "answers/", triage.RecordAnswers.as_view(), name="record-answers"),
    path(CALL + "preview/", triage.PreviewDecision.as_view(), name="preview"),
    path(CALL + "complete/", triage.CompleteTriage.as_view(), name="complete-triage"),
    path(CALL + "decide/", triage.DecideCall.as_view(), name="decide-call"),
    path(CALL + "override/", triage.OverrideDecision.as_view(), name="override"),
    path(CALL + "team/", triage.RequestTeam.as_view(), name="request-team"),
    path(CALL + "send/", offers.SendUnit.as_view(), name="send-unit"),
    path(SEAT + "confirm/", offers.ConfirmTold.as_view(), name="confirm-told"),
    path(SEAT + "clear-scene/", offers.ClearScene.as_view(), name="clear-scene"),
    path(SEAT + "withdraw/", offers.WithdrawSeat.as_view(), name="withdraw-seat"),
    path("offers/", offers.MyOffers.as_view(), name="offers"),
    path(OFFER + "accept/", offers.AcceptOffer.as_view(), name="accept-offer"),
    path(OFFER + "decline/", offers.DeclineOffer.as_view(), name="decline-offer"),
    path(SESSION + "confirm/", offers.ConfirmSession.as_view(), name="confirm-session"),
    path(SESSION + "end/", offers.EndSession.as_view(), name="end-session"),
    path("units/", units.SeeUnits.as_view(), name="units"),
    path(UNIT + "sign-on/", units.SignOn.as_view(), name="sign-on"),
    path(UNIT + "sign-off/", units.SignOff.as_view(), name="sign-off"),
    path(UNIT + "status/", units.ReportStatus.as_view(), name="report-status"),
    path(UNIT + "position/", units.ReportPosition.as_view(), name="report-position"),
    path(UNIT + "safe/", units.ConfirmSafe.as_view(), name="confirm-safe"),
    path(UNIT + "emergency/", units.RaiseEmergency.as_view(), name="emergency"),
    path(UNIT + "end-emergency/", units.EndEmergency.as_view(), name="end-emergency"),
    path(UNIT + "clear/", units.ClearUnit.as_view(), name="clear-unit"),
    path(UNIT + "out-of-service/", units.OutOfService.as_view(), name="out-of-service"),
    path(UNIT + "in-service/", units.InService.as_view(), name="in-service"),
    path("presence/", staff.SetPresence.as_view(), name="set-presence"),
    path("presence/beat/", staff.Beat.as_view(), name="beat"),
    path("presence/end-wrap-up/", staff.EndWrapUp.as_view(), name="end-wrap-up"),
    path("followups/", followups.SeeFollowUps.as_view(), name="followups"),
    path(FOLLOWUP + "claim/", followups.ClaimFollowUp.as_view(), name="claim"),
    path(FOLLOWUP + "attempt/", followups.AttemptFollowUp.as_view(), name="attempt"),
    path(FOLLOWUP + "postpone/", followups.PostponeFollowUp.as_view(), name="postpone"),
    path(FOLLOWUP + "complete/", followups.CompleteFollowUp.as_view(), name="complete"),
    path("report/", reports.SeeReport.as_view(), name="report"),
    path("events/", reports.SeeEvents.as_view(), name="events"),
]
