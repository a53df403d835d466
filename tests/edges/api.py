"""A person at the API: signed in, sending JSON."""

import json

from django.test import Client
from uuid6 import uuid7

API = "/api/v1/"


class Person:
    """Somebody signed in, who sends JSON with a fresh key unless told otherwise."""

    def __init__(self, user, **options):
        self.user = user
        self.client = Client(**options)
        self.client.force_login(user)

    def get(self, path, **query):
        return self.client.get(API + path, query)

    def post(self, path, body=None, *, key=None, version=None, **headers):
        headers = {"Idempotency-Key": key or str(uuid7())} | headers
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.raw(path, json.dumps(body or {}), **headers)

    def raw(self, path, text, **headers):
        return self.client.post(
            API + path, text, content_type="application/json", headers=headers
        )
