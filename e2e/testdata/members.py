"""Writes the invented people of the test files as CSV in UTF-8, for make.sh.

Usage: members.py KIND > FILE, where KIND is one of
  french   5,000 people with the faults of real lists; French head
  small    20 people, French head
  german   20 people, German head
  dates    20 people, with end dates and telephone numbers to become cells
The same kind always gives the same bytes.
"""
import csv
import random
import sys
import unicodedata

FIRST = """Yann Éléonore Anaïs Chloé Zoé Maël Loïc Noël Gaël Jérôme Hélène Thérèse Benoît François Françoise
Océane Jean-Pierre Marie-Noëlle Anne-Sophie Ludivine Karim Fatou Inès Aïcha Léon Léa Théo Mathéo Agnès Solène
Raphaël Joël Cédric Stéphane Valérie Nathalie Éric Rémi André Renée Édith Hervé Maïwenn Ségolène Bérénice""".split()
LAST = """Bertin Lefèvre L’Hôpital D’Arcy Lecœur Vassœur Gauthier Pélissier Brûlé Mañas Guérin Rousseau Chevallier
Noël Dupré Desœuvres Ménard Béranger Lacôte Nuñez Fléchard Aubépine Saint-Léger Delaître Forêt Château
Marquès Hénaff Le_Goïc De_La_Tour Vanneste Kœnig Schœlcher Ünal Castañeda Perrœuf Ozanne Tréguier Grué""".split()
COMPANY = ["Maraval Bâtiment", "Maraval Travaux ; Centre", "Société Lœwen & Fils", "L’Atelier du Toit", "Ferronnerie Béal",
           "Cabinet d’études Ségur", "Électricité Générale ; Rhône", 'Menuiserie "Le Chêne"', "Plâtrerie Orœil", "Jardins, Cours et Allées",
           "Ascenseurs Ménard", "Géomètres Réunis"]
ROLE = ["Architecte", "Maître d’œuvre", "Conducteur de travaux", "Chef d’équipe", "Économiste", "Chargée d’affaires", "Géomètre", ""]
FRENCH = ["Civilité", "Prénom", "Nom", "E-mail", "Société", "Rôle", "Téléphone", "Matricule", "Date de fin"]
GERMAN = ["Anrede", "Vorname", "Nachname", "E-Mail", "Firma", "Funktion", "Telefon", "Personalnummer", "Enddatum"]


def plain(text):
    text = text.replace("œ", "oe").replace("’", "").replace(" ", "")
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def person(draw, number):
    first, last = draw.choice(FIRST), draw.choice(LAST).replace("_", " ")
    email = f"{plain(first)[0]}.{plain(last)}{number}@{draw.choice(['maraval', 'loewen', 'atelier-du-toit'])}.example"
    phone = draw.choice(["+33 {} {:02} {:02} {:02} {:02}", "0{} {:02} {:02} {:02} {:02}"]).format(
        draw.randint(1, 7), *(draw.randint(0, 99) for _ in range(4)))
    end = draw.choice(["", "", f"{draw.randint(1, 28):02}/{draw.randint(1, 12):02}/{draw.randint(2027, 2029)}"])
    return [draw.choice(["M.", "Mme", ""]), first, last, email, draw.choice(COMPANY), draw.choice(ROLE), phone,
            f"{draw.randint(0, 9999999):07}", end]


def faults(draw, rows):
    """Capitals with blanks around, 25 doubles, 20 bad addresses, 5 without one."""
    for row in draw.sample(rows, 300):
        row[3] = "  " + row[3].upper() + " "
    places = draw.sample(range(100, len(rows)), 50)
    for i, at in enumerate(places[:25]):
        rows[at][3] = rows[i][3]
    for at in places[25:45]:
        rows[at][3] = draw.choice([rows[at][3].replace("@", "."), rows[at][3].replace("@", "@@"), "à compléter", "x@maraval"])
    for at in places[45:]:
        rows[at][3] = ""


def main(kind):
    draw = random.Random(kind)
    rows = [person(draw, n) for n in range(1, 5001 if kind == "french" else 21)]
    if kind == "french":
        faults(draw, rows)
    out = csv.writer(sys.stdout, lineterminator="\r\n")
    out.writerow(GERMAN if kind == "german" else FRENCH)
    for row in rows:
        if kind == "german":
            row[0] = {"M.": "Herr", "Mme": "Frau", "": ""}[row[0]]
            row[8] = row[8].replace("/", ".")
        out.writerow(row)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(sys.argv[1])
