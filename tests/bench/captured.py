"""The statements that the daemon sends for a request, as PostgreSQL hears them, and a pgbench script of the same.

Nothing is written down twice: whatever engine, session or statement become, pgbench runs what the daemon runs."""
import re
import time

HEARD = re.compile(r"^.*?\bmaillage_app .*?LOG:  execute (\S+): (.*)$", re.S)
PARAMETERS = re.compile(r"DETAIL:  parameters: (.*)$", re.S)
VALUE = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')(?:, |$)", re.S)
LITERAL = re.compile(r"'(?:[^']|'')*'")
LATER = ("engine.idempotency_store",)  # with what a second round trip of a write begins


class Heard:
    """Inside the block every statement of the daemon is logged; `statements` then holds [(sql, [value or None])]."""

    def __init__(self, system):
        self.system, self.statements = system, []

    def set(self, on):
        switch = "alter system set log_statement = 'all'; alter system set log_parameter_max_length = -1;" if on else \
            "alter system reset log_statement; alter system reset log_parameter_max_length;"
        for part in switch.split(";")[:-1]:
            self.system.sql(part, role=self.system.superuser())
        self.system.sql("select pg_reload_conf()", role=self.system.superuser())
        time.sleep(0.3)

    def __enter__(self):
        self.set(True)
        self.place = self.system.log().stat().st_size
        return self

    def __exit__(self, *_):
        time.sleep(0.2)
        self.set(False)
        with open(self.system.log(), encoding="utf-8", errors="replace") as log:
            log.seek(self.place)
            entries = re.split(r"\n(?!\t)", log.read())
        for entry, after in zip(entries, [*entries[1:], ""]):
            heard = HEARD.match(entry.replace("\n\t", "\n"))
            if heard:
                values = PARAMETERS.search(after.replace("\n\t", "\n"))
                found = VALUE.findall(values[1]) if values else []
                self.statements.append((heard[2], [None if text == "NULL" else text[1:-1].replace("''", "'") for _, text in found]))


def quiet_colons(sql):
    """pgbench takes :name for a variable of its own, even between quotes."""
    return LITERAL.sub(lambda found: found[0] if ":" not in found[0] else
                       "E" + found[0].replace("\\", "\\\\").replace(":", r"\x3a"), sql)


class Script:
    """A pgbench script with its variables; `fresh` maps a text in a value to an expression that makes each run's own."""

    def __init__(self, path, statements, fresh=(), head=""):
        self.path, self.variables = path, {}
        groups = [[]]
        for number, (sql, values) in enumerate(statements):
            if any(word in sql for word in LATER):
                groups.append([])
            groups[-1].append(self.statement(number, sql, values, dict(fresh)) + ";\n")
        path.write_text(head + "".join("\\startpipeline\n" + "".join(group) + "\\endpipeline\n" for group in groups))
        path.chmod(0o644)

    def statement(self, number, sql, values, fresh):
        def place(found):
            index = int(found[1])
            value = values[index - 1]
            if value is None:
                return "null"
            name = f"s{number}_p{index}"
            self.variables[name] = value
            text = f":{name}"
            for old, new in fresh.items():
                if old in value:
                    text = f"replace({text}::text, '{old}', ({new})::text)"
            if text.startswith("replace") and value.startswith("{") and "idempotency" not in sql:
                text += "::jsonb"
            return text
        return re.sub(r"\$(\d+)", place, quiet_colons(sql)).strip().rstrip(";")

    def arguments(self):
        return [word for name, value in self.variables.items() for word in ("-D", f"{name}={value}")] + ["-f", str(self.path)]


def inline(sql, values):
    """One statement with its values in it, for psql."""
    def place(found):
        value = values[int(found[1]) - 1]
        return "null" if value is None else "'" + value.replace("'", "''") + "'"
    return re.sub(r"\$(\d+)", place, sql)
