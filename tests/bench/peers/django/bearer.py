"""Who is calling: a bearer key, known to the database by its hash."""
import hashlib

from rest_framework import authentication


class Caller:
    is_authenticated = True

    def __init__(self, digest):
        self.digest = digest


class BearerKey(authentication.BaseAuthentication):
    def authenticate(self, request):
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or not key:
            return None
        return Caller(hashlib.sha256(key.encode()).hexdigest()), key

    def authenticate_header(self, request):
        return "Bearer"
