"""Twilio's public API on this machine, as its description says; no account, no call."""

import base64
import hashlib
import hmac
import json
import re
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

SID, TOKEN = "AC" + "0" * 32, "the-token-of-nobody"
CALLS = re.compile(r"/2010-04-01/Accounts/(\w+)/Calls(?:/(\w+))?\.json")
ROOMS = re.compile(r"/2010-04-01/Accounts/(\w+)/Conferences\.json")
SEATS = re.compile(
    r"/2010-04-01/Accounts/(\w+)/Conferences/([\w%-]+)/Participants(?:/([\w-]+))?\.json"
)
REFUSED_NUMBER = "+15005550001"


class Refused(Exception):
    """A status, and Twilio's own code for it."""


class MockTwilio:
    """Calls, conferences and who is in them; a test answers and hangs up for people."""

    def __init__(self):
        self.calls, self.rooms, self.told = {}, {}, []
        self.asked = []  # method, path and form of each request
        self.fault = None  # (status, body), or "silence", for whatever is asked next
        self.release = threading.Event()

    # What people do.

    def answer(self, call):
        self._tell_call(call, "ringing")
        self.calls[call]["status"] = "in-progress"
        self._tell_call(call, "in-progress", event="answered")
        self._enter(call)

    def hang_up(self, call, status="completed"):
        self.calls[call]["status"] = status
        for room in self.rooms.values():
            if call in room["in"]:
                self._out(room, call)
        self._tell_call(call, status, event="completed")

    def present(self, name):
        """Labels of who hears and is heard, and who is there at all."""
        room = next(one for one in self.rooms.values() if one["name"] == name)
        seats = room["in"].values()
        heard = {one["label"] for one in seats if not one["hold"]}
        return heard, {one["label"] for one in seats}

    # What the API does.

    def take(self, method, path, form):
        parts = urlsplit(path)
        if found := CALLS.fullmatch(parts.path):
            return self._call(method, found[2], form)
        if ROOMS.fullmatch(parts.path):
            return 200, {"conferences": self._listed(parse_qs(parts.query))}
        if found := SEATS.fullmatch(parts.path):
            return self._seat(method, found[2], found[3], form)
        raise Refused(404, 20404)

    def _call(self, method, sid, form):
        if sid is None:
            return 201, {"sid": self._ring(form, *_read_twiml(form["Twiml"][0]))}
        if sid not in self.calls:
            raise Refused(404, 20404)
        if "Twiml" in form:
            if self.calls[sid]["status"] != "in-progress":
                raise Refused(400, 21220)
            self.calls[sid]["room"], self.calls[sid]["seat"] = _read_twiml(
                form["Twiml"][0]
            )
            self._enter(sid)
        elif form.get("Status") == ["completed"]:
            self.hang_up(sid)
        return 200, {"sid": sid, "status": self.calls[sid]["status"]}

    def _ring(self, form, name, seat):
        if form["To"] == [REFUSED_NUMBER]:
            raise Refused(400, 21211)
        sid = f"CA{len(self.calls):032d}"
        self.calls[sid] = {
            "status": "queued",
            "room": name,
            "seat": seat,
            "callback": form["StatusCallback"][0],
            "wants": form["StatusCallbackEvent"],
            "number": 0,
        }
        return sid

    def _listed(self, query):
        [name] = query["FriendlyName"]
        return [
            {"sid": sid, "friendly_name": name, "status": room["status"]}
            for sid, room in self.rooms.items()
            if room["name"] == name
        ]

    def _seat(self, method, room, key, form):
        if key is None:
            return self._invite(room, form)
        sid, call = self._find(room, key)
        seat = self.rooms[sid]["in"][call]
        if method == "DELETE":
            self.hang_up(call)
            return 204, None
        if "Hold" in form:
            seat["hold"] = form["Hold"] == ["true"]
            kind = "participant-hold" if seat["hold"] else "participant-unhold"
            self._tell_room(self.rooms[sid], kind, call)
        if "EndConferenceOnExit" in form:
            seat["ends"] = form["EndConferenceOnExit"] == ["true"]
        return 200, {"call_sid": call, "conference_sid": sid, "label": seat["label"]}

    def _invite(self, name, form):
        seat = {
            "label": form["Label"][0],
            "ends": form["EndConferenceOnExit"] == ["true"],
            "callback": form["ConferenceStatusCallback"][0],
        }
        sid = self._room(name, seat)
        call = self._ring(form, self.rooms[sid]["name"], seat)
        return 201, {"call_sid": call, "conference_sid": sid, "label": seat["label"]}

    def _find(self, room, key):
        for call, seat in self.rooms.get(room, {"in": {}})["in"].items():
            if key in {call, seat["label"]}:
                return room, call
        raise Refused(404, 20404)

    def _room(self, name, seat):
        for sid, room in self.rooms.items():
            if name in {sid, room["name"]} and room["status"] != "completed":
                return sid
        if name.startswith("CF"):
            raise Refused(404, 20404)
        sid = f"CF{len(self.rooms):032d}"
        room = {"sid": sid, "name": name, "status": "in-progress", "in": {}}
        self.rooms[sid] = {**room, "callback": seat["callback"], "number": 0}
        return sid

    def _enter(self, call):
        seat = {**self.calls[call]["seat"], "hold": False}
        room = self.rooms[self._room(self.calls[call]["room"], seat)]
        room["in"][call] = seat
        self._tell_room(room, "participant-join", call)

    def _out(self, room, call):
        self._tell_room(room, "participant-leave", call)
        seat = room["in"].pop(call)
        if seat["ends"] or not room["in"]:
            room["status"] = "completed"
            for other in list(room["in"]):
                self.hang_up(other)

    def _tell_call(self, sid, status, event=None):
        call = self.calls[sid]
        if (event or status) not in call["wants"]:
            return
        form = {"CallSid": sid, "CallStatus": status}
        form |= {"SequenceNumber": call["number"], "To": "+15005550006"}
        call["number"] += 1
        self._post(call["callback"], form)

    def _tell_room(self, room, kind, call):
        form = {"StatusCallbackEvent": kind, "CallSid": call, "AccountSid": SID}
        form |= {"ConferenceSid": room["sid"], "FriendlyName": room["name"]}
        form |= {"ParticipantLabel": room["in"][call]["label"]}
        form |= {"SequenceNumber": room["number"]}
        if kind == "participant-leave":
            form["ParticipantCallStatus"] = self.calls[call]["status"]
        room["number"] += 1
        self._post(room["callback"], form)

    def _post(self, address, form):
        form = {name: str(value) for name, value in form.items()}
        signed = address + "".join(name + form[name] for name in sorted(form))
        digest = hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
        asked = urllib.request.Request(
            address,
            data=urlencode(form).encode(),
            headers={"X-Twilio-Signature": base64.b64encode(digest).decode()},
        )
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert answer.status == 204


def _read_twiml(text):
    """The conference's name, and how the call sits in it."""
    noun = ElementTree.fromstring(text).find("Dial/Conference")
    return noun.text, {
        "label": noun.get("participantLabel"),
        "ends": noun.get("endConferenceOnExit") == "true",
        "callback": noun.get("statusCallback"),
    }


@contextmanager
def twilio():
    """The API and its address."""
    mock = MockTwilio()

    class Api(BaseHTTPRequestHandler):
        def _any(self):
            size = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(size).decode()
            mock.asked.append((self.command, self.path, parse_qsl(body)))
            fault, mock.fault = mock.fault, None
            if fault == "silence":
                mock.release.wait(10)
                return
            status, said = fault or self._said(parse_qs(body))
            self.send_response(status)
            self.end_headers()
            if said is not None:
                self.wfile.write(said if isinstance(said, bytes) else _json(said))

        do_GET = do_POST = do_DELETE = _any

        def _said(self, form):
            proof = base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
            if self.headers.get("Authorization") != f"Basic {proof}":
                return 401, {"code": 20003, "status": 401}
            try:
                return mock.take(self.command, self.path, form)
            except Refused as refused:
                status, code = refused.args
                return status, {"code": code, "message": REFUSED_NUMBER}

        def log_message(self, *args):
            """Quiet."""

    with served(Api) as address:
        yield mock, address
        mock.release.set()


@contextmanager
def listening():
    """An address of the console's, and what came to it: path, form, signature."""
    heard = []

    class Console(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.append((self.path, body, self.headers["X-Twilio-Signature"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    with served(Console) as address:
        yield heard, address


def _json(said):
    return json.dumps(said).encode()


@contextmanager
def served(kind):
    """The address of a server of this kind, in a thread of its own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
