"""PASS of the structures in the matrix: each call gets one that the operation can work on, so that order does not matter.
The calling structure and the deleted one share their lines with their delegation, the neighbour does not."""
import datetime
import uuid

from support import data
from support import keys as keys_of
from support.client import Client

PATHS = ("/passes/{id}", "/pass-suspensions/{id}", "/pass-prolongations/{id}", "/prolongation-requests/{id}")
BODIES = {
    "createPass": lambda: {"number": number(), "starts_on": "2025-06-01"},
    "updatePass": lambda: {"birth_year": 1970 + uuid.uuid4().int % 30},
    "suspendPass": lambda: {"starts_on": today(), "reason": "CONTRACT_BROKEN"},
    "recordPassHire": lambda: {"hire_on": today(3)},
    "prolongPass": lambda: {"ends_on": today(200), "reason": "RQTH"},
    "requestProlongation": lambda: {"ends_on": today(200), "reason": "RQTH"},
    "closePass": lambda: {},
    "recordPassOutcome": lambda: {"code": "CDI", "on_date": today()},
    "updatePassSuspension": lambda: {"ends_on": today(50)},
    "grantProlongationRequest": lambda: {},
    "denyProlongationRequest": lambda: {"denial_reason": "DURATION"},
    "updatePassSharing": lambda: {"shares_lines": True},
}


def today(days=0):
    return (datetime.date.today() + datetime.timedelta(days)).isoformat()


def number():
    return "XXXXX" + f"{uuid.uuid4().int % 10**7:07d}"


def concerns(operation):
    return any(path in operation.path for path in PATHS) or operation.path.endswith("/pass-sharing")


class Passes:
    def __init__(self, url, member):
        self.clients = {
            column: Client(url, keys_of.create("STRUCTURE", data.name("Matrice"), "--member", member[column]), column)
            for column in ("own", "other_structure", "other_region", "deleted")
        }
        for column in ("own", "deleted"):
            target = f"/v1/members/{member[column]}/pass-sharing"
            etag = self.clients[column].get(target).etag
            assert self.clients[column].patch(target, {"shares_lines": True}, etag=etag).status == 200
        # made while the member is still there
        self.of_deleted = self.new("deleted", "/v1/passes/{id}")

    def new(self, column, path):
        """A PASS that ends in 100 days, with what the path of the operation is about."""
        client = self.clients[column]
        closable = path.endswith("/close")
        body = {"number": number(), "starts_on": today(-629), "ends_on": today(100)}
        if closable:
            body["suspensions"] = [{"starts_on": today(-400), "reason": "CONTRACT_BROKEN"}]
        made = created(client, "/v1/passes", body)
        if "/pass-suspensions/" in path:
            sheet = created(client, f"/v1/passes/{made['id']}/suspensions",
                            {"starts_on": today(), "ends_on": today(20), "reason": "CONTRACT_BROKEN"})
            return sheet["suspensions"][0]["id"]
        if "/pass-prolongations/" in path:
            sheet = created(client, f"/v1/passes/{made['id']}/prolongations", {"ends_on": today(200), "reason": "RQTH"})
            return sheet["prolongations"][0]["id"]
        if "/prolongation-requests/{id}" in path:
            return created(client, f"/v1/passes/{made['id']}/prolongation-requests",
                           {"ends_on": today(200), "reason": "RQTH"})["id"]
        return made["id"]

    def capture(self, path, column):
        if column == "unknown":
            return str(uuid.uuid4())
        if column == "deleted":
            return self.of_deleted if "/passes/{id}" in path else str(uuid.uuid4())
        return self.new(column, path)

    def etag(self, target, column):
        answer = self.clients.get(column, self.clients["own"]).get(target, record=False)
        return answer.etag if answer.status == 200 else '"1"'


def created(client, target, body):
    answer = client.post(target, body)
    assert answer.status == 201, answer
    return answer.json
