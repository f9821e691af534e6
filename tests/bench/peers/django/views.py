"""What the Django peer answers."""
import contextlib
import hashlib
import json
import os
import uuid
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.urls import path
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

SQL = {name: text.replace("%", "%%").replace("$1", "%s")
       for name, text in json.loads(Path(os.environ["PEER_STATEMENTS"]).read_text()).items()}
JSON_TYPES = (114, 3802)  # json and jsonb of PostgreSQL


@contextlib.contextmanager
def session(request, scope, writes):
    if request.auth is None:
        raise exceptions.NotAuthenticated
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute("select caller from session.open(%s, %s, %s, 5000, %s)",
                           [request.user.digest, scope, str(uuid.uuid4()), writes])
        except DatabaseError as error:
            if getattr(error.__cause__, "pgcode", None) == "MA401":
                raise exceptions.AuthenticationFailed from error
            raise
        yield cursor


def rows_of(cursor, name, values=None):
    cursor.execute(SQL[name], values or [])
    # Django leaves JSON as text where no model says otherwise.
    read = [(column.name, json.loads if column.type_code in JSON_TYPES else None) for column in cursor.description]
    return [{name: parse(value) if parse and value is not None else value for (name, parse), value in zip(read, row)}
            for row in cursor.fetchall()]


class One(APIView):
    statement = scope = None
    writes = False

    def get(self, request, record_id):
        with session(request, self.scope, self.writes) as cursor:
            rows = rows_of(cursor, self.statement, [str(record_id)])
        if not rows:
            raise exceptions.NotFound
        return Response(rows[0])


class Page(APIView):
    statement = scope = None
    writes, standard = False, 50

    def get(self, request):
        limit = int(request.query_params.get("limit", self.standard))
        with session(request, self.scope, self.writes) as cursor:
            rows = rows_of(cursor, self.statement)
        return Response({"data": rows[:limit], "page": {"limit": limit, "has_more": len(rows) > limit}})


class Passes(Page):
    def post(self, request):
        key = request.headers["Idempotency-Key"]
        text = json.dumps(request.data, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        with session(request, "passes:write", True) as cursor:
            cursor.execute("select engine.idempotency_claim(%s, %s)", [key, digest])
            row = rows_of(cursor, "create", [text])[0]
            answer = JSONRenderer().render(row).decode()
            cursor.execute("select engine.idempotency_store(%s, %s, %s, %s, %s)", [key, digest, 201, "{}", answer])
        return Response(row, 201, headers={"Location": f"/v1/passes/{row['id']}"})


urlpatterns = [
    path("v1/members/<uuid:record_id>", One.as_view(statement="member", scope="members:read")),
    path("v1/members", Page.as_view(statement="members", scope="members:read")),
    path("v1/passes/<uuid:record_id>", One.as_view(statement="pass", scope="passes:read", writes=True)),
    path("v1/passes", Passes.as_view(statement="passes", scope="passes:read", writes=True, standard=100)),
]
