"""Test data: identifiers that pass their check, members in a range of SIREN that nothing else uses.

Test members have no membership in a printed year, so the demonstration totals do not see them."""
import random
import uuid

TEST_SIREN_PREFIX = "979"  # nine digits, the last one the check digit

# commune, department, region
RENNES = ("35238", "35", "53")
BREST = ("29019", "29", "53")
LYON = ("69123", "69", "84")
BORDEAUX = ("33063", "33", "75")
SAINT_DENIS_REUNION = ("97411", "974", "04")
MAMOUDZOU = ("97611", "976", "06")
AJACCIO = ("2A004", "2A", "94")

_random = random.SystemRandom()


def luhn_digit(digits):
    """The digit that makes `digits` followed by it pass Luhn."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def siren():
    body = TEST_SIREN_PREFIX + f"{_random.randrange(100000):05d}"
    return body + luhn_digit(body)


def siret(of_siren=None):
    body = (of_siren or siren()) + f"{_random.randrange(10000):04d}"
    return body + luhn_digit(body)


def broken_siret():
    good = siret()
    return good[:-1] + str((int(good[-1]) + 1) % 10)


def vat(of_siren):
    return f"FR{(12 + 3 * (int(of_siren) % 97)) % 97:02d}{of_siren}"


def name(prefix="Essai"):
    return f"{prefix} {uuid.uuid4().hex[:12]}"


def member(place=RENNES, **fields):
    """The smallest body that createMember accepts, with `fields` over it; a field of value ... is left out."""
    body = {"siret": siret(), "name": name(), "kind": "AI", "commune_code": place[0]}
    body.update(fields)
    return {key: value for key, value in body.items() if value is not ...}
