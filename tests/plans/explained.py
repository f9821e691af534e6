"""What PostgreSQL did for a request of the daemon: plans as auto_explain writes them, with the rows that came."""
import json

SETTINGS = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_verbose": "on",
    "auto_explain.log_format": "json",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "",
}


class Explained:
    """The plans that a cluster has logged since the last look."""

    def __init__(self, cluster):
        self.path = cluster.folder / "log"
        self.place = self.path.stat().st_size

    def plans(self):
        with open(self.path, encoding="utf-8", errors="replace") as log:
            log.seek(self.place)
            text = log.read()
            self.place = log.tell()
        decoder, found, at = json.JSONDecoder(), [], text.find("plan:\n")
        while at >= 0:
            # the lines after the first are indented by a tabulator each
            plan, _ = decoder.raw_decode(text[text.index("{", at):].replace("\n\t", "\n"))
            found.append(plan)
            at = text.find("plan:\n", at + 1)
        return found


def nodes(plan):
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def sources(plan):
    """The nodes whose rows reach this one: not those of conditions (SubPlan, InitPlan), which read for themselves."""
    yield plan
    for part in plan.get("Plans", ()):
        if part.get("Parent Relationship") not in ("SubPlan", "InitPlan"):
            yield from sources(part)


def rows_into(node):
    """Rows that a node takes in, of one loop."""
    return max((part.get("Actual Rows", 0) for part in node.get("Plans", ())
                if part.get("Parent Relationship") == "Outer"), default=0)


def is_large(node, large):
    return (node.get("Schema"), node.get("Relation Name")) in large


def sequential(plan, large):
    return [node for node in nodes(plan) if node["Node Type"] == "Seq Scan" and is_large(node, large)
            and node["Actual Loops"] > 0]


def sorting(plan, most, large):
    """Sorts of more rows than `most` that have to do with a large table."""
    return [node for node in nodes(plan) if node["Node Type"] in ("Sort", "Incremental Sort") and rows_into(node) > most
            and any(is_large(part, large) for part in sources(node))]
