"""The live board: a plain list that the page's script takes over."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format

from dispatch import access
from dispatch.selectors import board


@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The board as this role sees it, with the number that it is true for."""
    projection = access.require(request.user, "board.see")
    access.record(request.user, "board.see")
    seen = board.snapshot(request.user.agency_id, projection)
    context = {
        "cards": seen.cards,
        "more": seen.open > len(seen.cards),
        "open": number_format(seen.open, force_grouping=True),
        "shown": number_format(len(seen.cards), force_grouping=True),
        "units": seen.units,
        "people": seen.people,
        "board_number": seen.number,
        # A wall shows no people and opens nothing.
        "wall": projection == access.WALL,
        "sees_loans": access.may(request.user, "loan.work"),
        "sees_waits": access.may(request.user, "wait.see"),
    }
    return render(request, "board/page.html", context)
