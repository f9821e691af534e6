"""Campaigns and diagnostic sheets in the matrix: each action gets an object in the state that it asks for, so that order does
not matter. Only the calling structure shares its lines."""
import json
import uuid

from support import campaigns, data

PATHS = ("/pass-campaigns/{id}", "/pass-campaign-answers/{id}", "/pass-campaign-lines/{id}", "/diagnostic-sheet")
# The place is that of the member or PASS in the body; the campaign of the path is always there.
PLACED_BY_BODY = ("addPassCampaignAnswer", "addPassCampaignLine")
STATUS = {"openPassCampaign": (), "closePassCampaign": ("open",), "archivePassCampaign": ("open", "close")}
BODIES = {
    "createPassCampaign": lambda made, column: made.maker.rule(),
    "updatePassCampaign": lambda made, column: {"title": data.name("Titre")},
    "addPassCampaignAnswer": lambda made, column: {"member_id": made.members.get(column) or str(uuid.uuid4())},
    "updatePassCampaignAnswer": lambda made, column: campaigns.HEADCOUNTS,
    "addPassCampaignLine": lambda made, column: {"pass_id": made.fresh_pass(column)},
    "updatePassCampaignLine": lambda made, column: {"planned_outcome": "TRAINING"},
    "saveDiagnosticSheet": lambda made, column: campaigns.sheet(),
}
ACTIONS = (*STATUS, "submitPassCampaignAnswer", "validatePassCampaignAnswer", "returnPassCampaignAnswer",
           "signDiagnosticSheet", "sendDiagnosticSheet")


def concerns(operation):
    return any(path in operation.path for path in PATHS)


class Campaigns:
    """One open campaign with an answer, a PASS and a line of each member; only the calling structure shares its lines."""

    def __init__(self, owner, national, members, own):
        self.owner, self.national, self.members = owner, national, members
        self.maker = campaigns.Maker(national)
        self.open = self.maker.open()["id"]
        self.answer, self.line, self.passes = {}, {}, {}
        for column, member in members.items():
            self.passes[column] = campaigns.add_pass(owner, member)
            self.answer[column] = self._id(
                "insert into campaign.answer (campaign_id, member_id) values (%s, %s) returning id", self.open, member)
            self.line[column] = self._id(
                "insert into campaign.line (campaign_id, answer_id, pass_id) values (%s, %s, %s) returning id",
                self.open, self.answer[column], self.passes[column])
        owner.execute("update pass.sharing set shares_lines = true where member_id = %s", (members[own],))

    def _id(self, statement, *values):
        return str(self.owner.execute(statement, values).fetchone()[0])

    def capture(self, operation, column, structure):
        """The id that stands in the path."""
        if "/pass-campaign-answers/" in operation.path:
            return self.answer_for(operation.id, column)
        if "/pass-campaign-lines/" in operation.path:
            return self.line.get(column) or str(uuid.uuid4())
        if "/diagnostic-sheet" in operation.path:
            return self.pass_for(operation.id, column, structure)
        unknown = column == "unknown" and operation.id not in PLACED_BY_BODY
        return str(uuid.uuid4()) if unknown else self.campaign_for(operation.id)

    def etag(self, contract, operation, target, clients):
        """As the federation reads it, or the structure where the federation may not; "1" of what nobody can read."""
        reader = contract.find(operation.definition["x-reader"])
        at = target[: len(target) - len(operation.path) + len(reader.path)]
        if operation.path == reader.path:
            at = target
        for role in ("NATIONAL", "STRUCTURE"):
            now = clients[role].get(at, record=False)
            if now.status == 200:
                return now.etag
        return '"1"'

    def campaign_for(self, operation):
        """A campaign in the state that the action asks for; a fresh one where members are invited."""
        if operation in STATUS:
            draft = self.maker.draft()
            for action in STATUS[operation]:
                assert self.maker.act(draft, action).status == 200
            return draft["id"]
        if operation == "addPassCampaignAnswer":
            return self.maker.open(ends_from="2031-03-19", ends_to="2031-03-19")["id"]
        return self.maker.draft()["id"] if operation == "updatePassCampaign" else self.open

    def answer_for(self, operation, column):
        """Submitted for who validates or returns, complete for who submits."""
        if column not in self.answer:
            return str(uuid.uuid4())
        headcounts = json.dumps(campaigns.HEADCOUNTS)
        self.owner.execute("update campaign.answer set validated_on = null where id = %s and validated_on is not null",
                           (self.answer[column],))
        self.owner.execute(
            """update campaign.answer a set (people_count, by_age_band, by_rqth, by_planned_outcome) = (
                   select r.people_count, r.by_age_band, r.by_rqth, r.by_planned_outcome
                   from jsonb_populate_record(a, %s::jsonb) r), started_on = invited_on,
                   submitted_on = case when %s then engine.today() end where id = %s""",
            (headcounts, operation.startswith(("validate", "return")), self.answer[column]))
        return self.answer[column]

    def pass_for(self, operation, column, structure):
        """A PASS with a sheet in the state that the action asks for, where the calling structure follows it."""
        if column != "own":
            return self.passes.get(column) or str(uuid.uuid4())
        fresh = campaigns.add_pass(self.owner, self.members["own"])
        target = f"/v1/passes/{fresh}/diagnostic-sheet"
        if operation in ("signDiagnosticSheet", "sendDiagnosticSheet"):
            saved = structure.request("PUT", target, json=campaigns.sheet(), headers={"If-Match": '"0"'})
            assert saved.status == 200, saved
            if operation == "sendDiagnosticSheet":
                assert structure.post(f"{target}/sign", key=None, headers={"If-Match": saved.etag}).status == 200
        return fresh

    def fresh_pass(self, column):
        """One that has no line yet."""
        return campaigns.add_pass(self.owner, self.members[column]) if column in self.members else str(uuid.uuid4())
