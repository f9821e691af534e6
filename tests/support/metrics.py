"""A strict reader of the Prometheus text format 0.0.4.

Refuses what a lenient scraper would forgive: a sample without TYPE, HELP or TYPE twice or after the samples, families that
are torn apart, a repeated series, a counter below zero, a histogram without +Inf or with falling buckets or whose _count is
not its last bucket, a missing newline at the end."""
import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"^({NAME})(?:\{{(.*)\}})? (\S+)$")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)')
TYPES = {"counter", "gauge", "histogram", "summary", "untyped"}
SUFFIXES = ("_bucket", "_sum", "_count")


class FormatError(AssertionError):
    pass


class Metrics:
    def __init__(self):
        self.type = {}
        self.samples = {}  # (name, ((label, value), …)) -> number

    def value(self, name, **labels):
        """Sum over the series of `name` whose labels include `labels`."""
        wanted = labels.items()
        return sum(
            number
            for (series, pairs), number in self.samples.items()
            if series == name and wanted <= dict(pairs).items()
        )

    def series(self, name):
        return [(dict(pairs), number) for (series, pairs), number in self.samples.items() if series == name]

    def label_values(self):
        return {(label, value) for _, pairs in self.samples for label, value in pairs}


def _labels(text, line):
    pairs, at = [], 0
    while text is not None and at < len(text):
        match = LABEL.match(text, at)
        if not match:
            raise FormatError(f"labels cannot be read: {line}")
        pairs.append((match.group(1), match.group(2)))
        at = match.end()
        if match.group(3) == "" and at != len(text):
            raise FormatError(f"labels cannot be read: {line}")
    if len({label for label, _ in pairs}) != len(pairs):
        raise FormatError(f"a label twice: {line}")
    return tuple(sorted(pairs))


def _number(text, line):
    if text in ("+Inf", "-Inf", "NaN"):
        return float(text.replace("Inf", "inf"))
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text):
        raise FormatError(f"not a number: {line}")
    return float(text)


def _family(name, types):
    if name in types:
        return name
    for suffix in SUFFIXES:
        base = name[: -len(suffix)] if name.endswith(suffix) else None
        if base in types and types[base] in ("histogram", "summary"):
            return base
    return None


def parse(text):
    if not text.endswith("\n"):
        raise FormatError("the last line has no newline")
    metrics, helped, finished, current = Metrics(), set(), set(), None

    def enter(family, line):
        nonlocal current
        if family != current:
            if family in finished:
                raise FormatError(f"family torn apart: {line}")
            if current is not None:
                finished.add(current)
            current = family

    for line in text[:-1].split("\n"):
        if line == "":
            continue
        if line.startswith("#"):
            parts = line.split(" ", 3)
            if len(parts) < 3 or parts[1] not in ("HELP", "TYPE"):
                continue
            enter(parts[2], line)
            if parts[1] == "HELP":
                if parts[2] in helped:
                    raise FormatError(f"HELP twice: {line}")
                helped.add(parts[2])
            else:
                if parts[2] in metrics.type:
                    raise FormatError(f"TYPE twice: {line}")
                if len(parts) < 4 or parts[3] not in TYPES:
                    raise FormatError(f"unknown TYPE: {line}")
                if any(series == parts[2] for series, _ in metrics.samples):
                    raise FormatError(f"TYPE after samples: {line}")
                metrics.type[parts[2]] = parts[3]
            continue
        match = SAMPLE.match(line)
        if not match:
            raise FormatError(f"line cannot be read: {line!r}")
        family = _family(match.group(1), metrics.type)
        if family is None:
            raise FormatError(f"sample without TYPE: {line}")
        enter(family, line)
        series = (match.group(1), _labels(match.group(2), line))
        if series in metrics.samples:
            raise FormatError(f"series twice: {line}")
        metrics.samples[series] = _number(match.group(3), line)
        if metrics.type[family] == "counter" and not metrics.samples[series] >= 0:
            raise FormatError(f"counter below zero: {line}")
    for family in metrics.type:
        if family not in helped:
            raise FormatError(f"no HELP for {family}")
        if metrics.type[family] == "histogram":
            _check_histogram(metrics, family)
    return metrics


def _check_histogram(metrics, family):
    groups = {}
    for labels, number in metrics.series(family + "_bucket"):
        if "le" not in labels:
            raise FormatError(f"bucket of {family} without le")
        bound = labels.pop("le")
        groups.setdefault(tuple(sorted(labels.items())), []).append((float(bound.replace("Inf", "inf")), number))
    for labels, buckets in groups.items():
        bounds = [bound for bound, _ in buckets]
        if bounds != sorted(bounds) or bounds[-1] != math.inf:
            raise FormatError(f"buckets of {family} not ordered up to +Inf: {labels}")
        counts = [number for _, number in buckets]
        if counts != sorted(counts):
            raise FormatError(f"buckets of {family} fall: {labels}")
        if metrics.samples.get((family + "_count", labels)) != counts[-1]:
            raise FormatError(f"{family}_count differs from its last bucket: {labels}")
        if (family + "_sum", labels) not in metrics.samples:
            raise FormatError(f"{family}_sum is missing: {labels}")
