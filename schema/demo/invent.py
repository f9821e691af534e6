"""Invented but well-formed values: identifiers in reserved ranges, names, addresses, telephone numbers.

Reserved ranges, so that nothing here points at somebody real:
- SIREN 9999xxxxc: the last of the ten thousand blocks of the number space (c = check digit). The register hands out
  numbers from lower blocks; rows are marked fictitious besides, so even a later collision could not be mistaken.
- RNA: W, department, 9, then 9xxxxx: no registry office has the number 9.
- Telephone: the numbers that the numbering authority (ARCEP) keeps for works of fiction.
- Mail and sites: exemple.invalid, a name that can never be registered (RFC 2606).
"""

import unicodedata

GIVEN_NAMES = """Adèle Agathe Aïcha Alix Amadou Anaïs Antonin Armelle Aurélien Awa Baptiste Béatrice Bilal Blandine Camille
Céleste Charlie Clarisse Clément Coline Dany Delphine Edwige Élie Éloïse Émile Estelle Étienne Fabrice Fatou Félix Flora
Gaël Ghislaine Gwenaëlle Hakim Hélène Inès Ismaël Jade Joachim Joséphine Jules Karim Laure Léonie Lilian Loïc Maëlle
Mamadou Margaux Marius Mathilde Maud Mehdi Nadège Naïm Noémie Océane Oscar Pauline Quentin Rachel Rayan Romane Sacha
Salomé Samir Solène Soraya Tanguy Théo Ulysse Valentine Yann Yasmine Yolande Zacharie Zoé""".split()
# Family names made of two parts that are no family name together.
NAME_BEGINNINGS = """Aube Bruyère Chante Claire Douce Écume Fougère Garance Herbe Lune Marais Noisette Ormeau Perle Quinte
Roselière Sauge Tilleul Verveine Vive""".split()
NAME_ENDS = "brise champ combe feuille grève lande mare pierre rive source".split()

FIRST_WORDS = {
    "AI": ["Passerelle Emploi", "Coup d'Envol", "Mains Voisines", "Services Partagés", "Entr'aide Travail",
           "Pas à Pas Emploi", "Trait de Liaison", "Heures Utiles"],
    "ACI": ["Les Jardins", "Les Ateliers", "Le Chantier", "La Recyclerie", "Les Potagers", "La Fabrique", "La Serre"],
    "EI": ["Éco-Services", "Bois et Matières", "Propreté Plurielle", "La Blanchisserie", "Ateliers Textiles"],
    "ETTI": ["Intérim Rebond", "Intérim Tremplin", "Missions et Cie", "Relève Intérim", "Intérim Escale"],
    "EITI": ["Indépendants Ensemble"],
    "GES": ["Ensemble Solidaire", "Groupe Alliances", "Archipel Solidaire", "Pôle Coopératif"],
    "PROXIM": ["Proxim'Services", "Domicile et Proximité"],
    "OSP": ["Aide et Maison", "Quotidien Services", "Domicile Partagé"],
    "OF": ["Savoirs en Chemin", "Former Autrement", "L'École des Gestes"],
    "OTHER": ["Réseau Local", "Maison des Initiatives", "Coopérative d'Appui"],
    "EBE": ["La Fabrique de l'Emploi", "Emplois du Pays", "L'Entreprise Utile"],
}
PLACES = """de l'Alouette d'Argent;du Bief Clair;de la Borne Bleue;des Cinq Tilleuls;de la Colline Rouge;du Cormoran;
de l'Étoile Filante;du Faucon Pèlerin;des Genêts d'Or;du Grand Héron;de la Halle Neuve;de l'Îlot Vert;du Jardin d'Été;
de la Lanterne;du Lièvre Gris;du Loriot;du Moulin Rose;des Neuf Ponts;de l'Olivier Blanc;de l'Orme Creux;du Pain Levé;
de la Pierre Ronde;du Pont de Liane;du Quai des Brumes;de la Rainette;des Sept Saules;de la Source Vive;du Sureau;
des Trois Sentiers;du Val d'Ambre;du Vent d'Ouest;de la Voile Ocre""".replace("\n", "").split(";")

STREETS = ["rue de l'Atelier", "rue des Tisserands", "avenue des Compagnons", "place du Marché", "rue du Lavoir",
           "chemin des Jardins", "rue de la Coopération", "allée des Artisans", "rue du Pont Neuf", "impasse des Lilas"]

WORK = {
    "AI": "met à disposition des habitants, des collectivités et des entreprises des personnes en parcours d'insertion",
    "ACI": "anime un chantier d'insertion qui associe production, formation et accompagnement vers l'emploi",
    "EI": "vend ses biens et services sur le marché en salariant des personnes éloignées de l'emploi",
    "ETTI": "propose des missions d'intérim et un accompagnement à des personnes en parcours d'insertion",
    "EITI": "accompagne des travailleurs indépendants en insertion et leur apporte des clients",
    "GES": "réunit plusieurs structures d'un même territoire qui partagent moyens, services et parcours",
    "PROXIM": "rend des services à domicile aux particuliers avec des salariés formés et accompagnés",
    "OSP": "rend des services à la personne, du ménage à la garde d'enfants, sur tout le territoire",
    "OF": "forme des salariés en parcours et des permanents de l'insertion par l'activité économique",
    "OTHER": "appuie les initiatives solidaires de son territoire et les met en relation",
    "EBE": "embauche en contrat durable des personnes privées d'emploi de son territoire",
}

LEGAL_CATEGORIES = {"AI": ["9222"] * 8 + ["9220"] * 2, "ACI": ["9220", "9220", "9221"],
                    "EI": ["5499", "5710", "5458", "9220"], "ETTI": ["5499", "5710", "5710", "5458"],
                    "EITI": ["5710"], "EBE": ["9220"], "GES": ["9220"]}
NAF = {"AI": "7810Z", "ACI": "8899B", "EI": "8129B", "ETTI": "7820Z", "EITI": "8299Z", "GES": "9499Z",
       "PROXIM": "8810A", "OSP": "8810A", "OF": "8559A", "OTHER": "9499Z", "EBE": "8899B"}
IDCC = {"ACI": "3016", "ETTI": "1413", "PROXIM": "2941", "OSP": "3127", "OF": "1516"}

# Fictional ranges by the zone of the mainland; overseas and mobile share the mobile one.
PHONE_ZONES = {"11": "199 00", "24": "261 91", "28": "261 91", "52": "261 91", "53": "261 91", "27": "353 01",
               "32": "353 01", "44": "353 01", "84": "465 71", "93": "465 71", "94": "465 71", "75": "536 49",
               "76": "536 49"}


def luhn_digit(digits):
    """The check digit that makes `digits` + check pass."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def siren(number):
    assert 0 <= number < 10000
    digits = f"9999{number:04d}"
    return digits + luhn_digit(digits)


def siret(siren_digits, establishment=1):
    digits = f"{siren_digits}{establishment:04d}"
    return digits + luhn_digit(digits)


def rna(department, number):
    return f"W{department[:1]}{department[1:2]}9{900000 + number:06d}" if len(department) == 2 else \
        f"W9{ {'971': 'G', '972': 'M', '973': 'C', '974': 'R', '976': 'T'}[department] }9{900000 + number:06d}"


def nda(department, number):
    """Eleven digits; the letter of a Corsican department becomes its former number."""
    return (department.replace("2A", "20").replace("2B", "20") + "99")[:4] + f"{9900000 + number:07d}"


def phone(region, number):
    """In +33 form; 100 to 10,000 numbers exist in a fictional range, so some are shared."""
    zone = PHONE_ZONES.get(region)
    if zone is None:
        return f"+3363998{number % 10000:04d}"
    return f"+33{zone.replace(' ', '')}{number % 10000:04d}"


def plain(text):
    """Lower case ASCII words joined by hyphens, for addresses."""
    ascii_text = unicodedata.normalize("NFD", text.replace("œ", "oe").replace("'", "-").replace("’", "-"))
    kept = "".join(c if c.isalnum() else "-" for c in ascii_text.encode("ascii", "ignore").decode().lower())
    return "-".join(part for part in kept.split("-") if part)


def person_name(random):
    family = random.choice(NAME_BEGINNINGS) + random.choice(NAME_ENDS)
    return random.choice(GIVEN_NAMES), family


def structure_name(random, kind, commune, taken):
    """A name that is free: the first words of its kind, then an invented place or the commune."""
    while True:
        tail = random.choice(PLACES) if random.random() < 0.7 else commune
        name = f"{random.choice(FIRST_WORDS[kind])} {tail}"
        if name in taken:
            name = f"{random.choice(FIRST_WORDS[kind])} {random.choice(PLACES)} – {commune}"
        if name not in taken and len(name) <= 150:
            taken.add(name)
            return name


def description(name, kind, commune):
    return (f"Structure fictive du jeu de démonstration. {name} {WORK[kind]} autour de {commune}. "
            "Nom, adresse et coordonnées sont inventés.")
