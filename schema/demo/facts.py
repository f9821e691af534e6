"""Facts printed by the federation: delegations, bodies of 2012, joiners of 2023, sizes of teams and boards.

Nothing here is invented unless the line says so. Names of structures are printed ones; no name of a person is kept.
"""

# slug, name, regions, representatives, staff by role, year the legal form is known for, legal form.
# The legal form is not printed for each delegation: associations are assumed, antennas where no team is printed.
DELEGATIONS = [
    ("auvergne-rhone-alpes", "Auvergne-Rhône-Alpes", ["84"], 2,
     {"SECRETARY_GENERAL": 1, "REGIONAL_DELEGATE": 1}, "ASSOCIATION"),
    ("bourgogne-franche-comte", "Bourgogne-Franche-Comté", ["27"], 2,
     {"REGIONAL_DELEGATE": 1, "PROJECT_OFFICER": 1}, "ASSOCIATION"),
    ("bretagne", "Bretagne", ["53"], 2, {"REGIONAL_DELEGATE": 1, "PROJECT_OFFICER": 1}, "ASSOCIATION"),
    ("centre-val-de-loire", "Centre-Val de Loire", ["24"], 2, {}, "ANTENNA"),
    ("hauts-de-france", "Hauts-de-France", ["32"], 2, {"DEVELOPMENT_OFFICER": 1}, "ASSOCIATION"),
    ("ile-de-france", "Île-de-France", ["11"], 2,
     {"CO_DELEGATE": 2, "COMMUNICATION_OFFICER": 1}, "ASSOCIATION"),
    ("normandie", "Normandie", ["28"], 2, {"REGIONAL_DELEGATE": 3}, "ASSOCIATION"),
    ("nouvelle-aquitaine", "Nouvelle-Aquitaine", ["75"], 2, {"REGIONAL_DELEGATE": 1}, "ASSOCIATION"),
    ("occitanie", "Occitanie", ["76"], 2,
     {"SECRETARY_GENERAL": 1, "PROJECT_OFFICER": 3, "ADMINISTRATIVE_ASSISTANT": 1}, "ASSOCIATION"),
    ("pays-de-la-loire", "Pays de la Loire", ["52"], 1,
     {"REGIONAL_DELEGATE": 1, "PROJECT_OFFICER": 1}, "ASSOCIATION"),
    ("provence-alpes-cote-d-azur", "Provence-Alpes-Côte d'Azur", ["93"], 2, {"CO_DELEGATE": 2}, "ASSOCIATION"),
    ("guadeloupe", "Guadeloupe", ["01"], 2, {"SECRETARY_GENERAL": 1}, "ASSOCIATION"),
    ("guyane", "Guyane", ["03"], 2, {"REGIONAL_DELEGATE": 1}, "ASSOCIATION"),
    # Of the two people listed for Océan Indien one is an elected president, not staff; both are its representatives.
    ("ocean-indien", "Océan Indien", ["04", "06"], 2, {"REGIONAL_DELEGATE": 1}, "ASSOCIATION"),
]

# The 18 regional bodies of 2012: slug, name, whether the report of 2012 names the body, departments it covers,
# today's delegations that follow it with the region handed over. Thirteen bodies are named in the text. Guyane,
# Guadeloupe and Martinique are labels of its map. The two last are not named anywhere: they are assumed so that
# the printed count of 18 holds, and say so.
BODIES_2012 = [
    ("auvergne-2012", "Auvergne", "TEXT", "03 15 43 63", [("auvergne-rhone-alpes", "84")]),
    ("basse-normandie-2012", "Basse-Normandie", "TEXT", "14 50 61", [("normandie", "28")]),
    ("bretagne-2012", "Bretagne", "TEXT", "22 29 35 56", [("bretagne", "53")]),
    ("centre-limousin-2012", "Centre-Limousin", "TEXT", "18 28 36 37 41 45 19 23 87",
     [("centre-val-de-loire", "24"), ("nouvelle-aquitaine", "75")]),
    ("franche-comte-2012", "Franche-Comté", "TEXT", "25 39 70 90", [("bourgogne-franche-comte", "27")]),
    ("ile-de-france-2012", "Île-de-France", "TEXT", "75 77 78 91 92 93 94 95", [("ile-de-france", "11")]),
    ("la-reunion-mayotte-2012", "La Réunion Mayotte", "TEXT", "974 976",
     [("ocean-indien", "04"), ("ocean-indien", "06")]),
    ("midi-pyrenees-2012", "Midi-Pyrénées", "TEXT", "09 12 31 32 46 65 81 82", [("occitanie", "76")]),
    ("nord-pas-de-calais-2012", "Nord-Pas-de-Calais", "TEXT", "59 62", [("hauts-de-france", "32")]),
    ("paca-corse-2012", "PACA-Corse", "TEXT", "04 05 06 13 83 84 2A 2B", [("provence-alpes-cote-d-azur", "93")]),
    ("pays-de-la-loire-2012", "Pays de la Loire", "TEXT", "44 49 53 72 85", [("pays-de-la-loire", "52")]),
    ("poitou-charentes-2012", "Poitou-Charentes", "TEXT", "16 17 79 86", [("nouvelle-aquitaine", "75")]),
    ("rhone-alpes-2012", "Rhône-Alpes", "TEXT", "01 07 26 38 42 69 73 74", [("auvergne-rhone-alpes", "84")]),
    ("guyane-2012", "Guyane", "MAP", "973", [("guyane", "03")]),
    ("guadeloupe-2012", "Guadeloupe", "MAP", "971", [("guadeloupe", "01")]),
    ("martinique-2012", "Martinique", "MAP", "972", []),
    ("aquitaine-2012", "Aquitaine", "ASSUMED", "24 33 40 47 64", [("nouvelle-aquitaine", "75")]),
    ("languedoc-roussillon-2012", "Languedoc-Roussillon", "ASSUMED", "11 30 34 48 66", [("occitanie", "76")]),
]

# Bodies of 2012 that took in members of regions without a body of their own (assumed: the source is silent).
NEIGHBOUR_2012 = {"27": "franche-comte-2012", "28": "basse-normandie-2012", "32": "nord-pas-de-calais-2012",
                  "44": "franche-comte-2012"}
# The same today, for the regions that no delegation covers.
NEIGHBOUR_NOW = {"44": "bourgogne-franche-comte", "94": "provence-alpes-cote-d-azur", "02": "guadeloupe"}

# The 23 joiners of 2023 as printed: name, kind, region. The region of the last one is printed as Océan Indien only;
# La Réunion (04) is chosen here, and its row says so.
JOINERS_2023 = [
    ("Active Faraide", "AI", "11"), ("AN&S", "ACI", "11"), ("Association Intermédiaire d'Antony", "AI", "11"),
    ("Les Valoristes", "ACI", "11"), ("Intervalle 92", "AI", "11"),
    ("L'Abeille Verte", "EBE", "76"), ("Trait d'Union", "ACI", "76"), ("Sol'eco", "EI", "76"),
    ("Association Travail Partage 62", "AI", "32"),
    ("Bassin Solidarité Emploi", "AI", "75"), ("V.I.E", "AI", "75"), ("Ecloz", "EBE", "75"),
    ("3S - ACI", "ACI", "75"), ("Le Ressort", "EBE", "75"),
    ("Atelier Emmaüs", "EI", "84"), ("Le Terreau", "ACI", "84"), ("Solivet", "ACI", "84"),
    ("Cycles & Go", "ACI", "84"),
    ("Cap Solidaire", "GES", "94"),
    ("Adess", "OTHER", "03"), ("Kwala Faya", "ACI", "03"), ("Libi Na Wan", "ACI", "03"),
    ("Club Animation Prévention", "ACI", "04"),
]

# Members by kind. The report lines of 2012 and 2023 are sums of these; where a line holds several kinds
# (temp work and "other" of 2023, home services of 2012) the split is invented.
#              AI  ACI  EI ETTI GES PROXIM OSP OF OTHER EBE EITI
KINDS = ["AI", "ACI", "EI", "ETTI", "GES", "PROXIM", "OSP", "OF", "OTHER", "EBE", "EITI"]
STOCK_2012 = dict(zip(KINDS, [299, 70, 18, 43, 18, 28, 11, 6, 10, 0, 0]))   # 503 on 2012-12-31
STOCK_2022 = dict(zip(KINDS, [288, 136, 39, 53, 24, 14, 9, 8, 12, 6, 0]))   # 589 on every day of January 2022
STOCK_2023 = dict(zip(KINDS, [269, 148, 43, 52, 25, 10, 8, 8, 12, 11, 0]))  # 586 on every day of December 2023

# Invented flows between those stocks: for each span (first day, last day) the new members and the leavers by kind.
FLOWS = [
    ((2013, 2021), dict(zip(KINDS, [34, 84, 27, 17, 9, 2, 3, 3, 5, 6, 0])),
     dict(zip(KINDS, [45, 18, 6, 7, 3, 16, 5, 1, 3, 0, 0]))),
    ((2022, 2022), dict(zip(KINDS, [3, 9, 3, 1, 0, 0, 0, 0, 0, 2, 0])),
     dict(zip(KINDS, [14, 4, 0, 1, 0, 2, 0, 0, 1, 0, 0]))),
    # New members of 2023 are the printed ones; an AI and an ACI that had left come back besides.
    ((2023, 2023), {}, dict(zip(KINDS, [15, 4, 1, 1, 0, 2, 1, 0, 0, 0, 0]))),
    ((2024, 2024), dict(zip(KINDS, [3, 9, 3, 1, 1, 0, 0, 1, 1, 2, 0])),
     dict(zip(KINDS, [10, 3, 1, 1, 0, 2, 1, 0, 0, 0, 0]))),
    ((2025, 2025), dict(zip(KINDS, [4, 10, 3, 1, 0, 0, 1, 1, 1, 2, 1])),
     dict(zip(KINDS, [9, 4, 2, 1, 1, 1, 1, 1, 0, 0, 0]))),
    ((2026, 2026), dict(zip(KINDS, [3, 7, 2, 1, 0, 0, 0, 1, 0, 1, 0])),
     dict(zip(KINDS, [6, 3, 1, 1, 0, 1, 0, 0, 1, 0, 0]))),
]
RETURNS_2023 = ["AI", "ACI"]

# Weight of each region in the invented part of the network.
REGION_WEIGHT = {"84": 78, "27": 30, "53": 47, "24": 26, "32": 48, "11": 50, "28": 50, "75": 80, "76": 62,
                 "52": 52, "93": 36, "01": 6, "03": 6, "04": 7, "06": 4, "44": 6, "02": 3}

NATIONAL_TEAM_2024 = [("TRANSITION_MANAGEMENT", 1), ("ADMINISTRATION_FINANCE", 4),
                      ("RESOURCES_INNOVATION_DEVELOPMENT", 6), ("TRAINING_SERVICES", 7),
                      ("NETWORK_EXTERNAL_RELATIONS", 4)]
BUREAU_2024, ORIENTATION_COMMITTEE_2024, EMPLOYEE_COLLEGE_2024 = 7, 2, 3
BOARD_2012 = {"REGIONS": 12, "MEMBERS": 11}
BUREAU_2012 = {"REGIONS": 5, "MEMBERS": 2}
