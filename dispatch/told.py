"""What a leg's caller told: where, their words, the point, and their wish."""

from dataclasses import dataclass

from dispatch.models import Contact
from dispatch.states import NOT_ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """``point`` as "latitude,longitude", or ""; ``safe_contact`` is a SafeContact."""

    where: str = ""
    words: str = ""
    point: str = ""
    safe_contact: str = NOT_ASKED


def of(leg: Contact) -> Account:
    """What its row keeps."""
    where, words = parts(leg.said)
    return Account(
        where=where, words=words, point=leg.point, safe_contact=leg.safe_contact
    )


def parts(said: str) -> tuple[str, str]:
    """Place and words: the first line says where, the rest what."""
    where, _line, words = said.partition("\n")
    return where, words


def columns(account: Account) -> dict[str, str]:
    """The reverse of ``of``: what the leg's row is to keep."""
    where = account.where.strip().replace("\n", " ")
    said = f"{where}\n{account.words}" if where or account.words else ""
    return {
        "said": said,
        "point": account.point,
        "safe_contact": account.safe_contact,
    }


def degrees(point: str) -> tuple[float, float] | None:
    """Latitude and longitude of a stored point; None where none is known."""
    lat, _comma, lon = point.partition(",")
    return (float(lat), float(lon)) if lon else None


def stored(point: tuple[float, float] | None) -> str:
    """The reverse, to about a metre."""
    return f"{point[0]:.5f},{point[1]:.5f}" if point else ""
