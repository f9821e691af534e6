"""What the Django peer answers."""
import json
import os
import uuid
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.urls import path
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import APIView

ONE = Path(os.environ["PEER_ONE"]).read_text().replace("%", "%%").replace("$1", "%s")
PAGE = Path(os.environ["PEER_PAGE"]).read_text()
JSONB = 3802  # type of PostgreSQL


def in_session(request, statement, values=None):
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute("select caller from session.open(%s, 'members:read', %s, 5000, false)",
                           [request.user.digest, str(uuid.uuid4())])
        except DatabaseError as error:
            if getattr(error.__cause__, "pgcode", None) == "MA401":
                raise exceptions.AuthenticationFailed from error
            raise
        cursor.execute(statement, values)
        # Django leaves JSON as text where no model says otherwise.
        read = [(column.name, json.loads if column.type_code == JSONB else lambda value: value) for column in cursor.description]
        return [{name: parse(value) for (name, parse), value in zip(read, row)} for row in cursor.fetchall()]


class Member(APIView):
    def get(self, request, member_id):
        rows = in_session(request, ONE, [str(member_id)])
        if not rows:
            raise exceptions.NotFound
        return Response(rows[0])


class Members(APIView):
    def get(self, request):
        rows = in_session(request, PAGE)
        return Response({"data": rows[:50], "page": {"limit": 50, "has_more": len(rows) > 50}})


urlpatterns = [path("v1/members/<uuid:member_id>", Member.as_view()), path("v1/members", Members.as_view())]
