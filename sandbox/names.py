"""The words the academy is made of: fields of learning, what they teach, and who learns it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of learning: its subjects, its skills, and topics that suit its settings."""

    subjects: tuple[str, ...]
    skills: tuple[str, ...]
    topics: tuple[str, ...]
    settings: tuple[str, ...]


def field(subjects: str, skills: str, topics: str, settings: str) -> Field:
    """Make a field of four lists, each written as `one; two; three`."""
    lists = (tuple(each.split("; ")) for each in (subjects, skills, topics, settings))
    return Field(*lists)


FIELDS: tuple[Field, ...] = (
    field(
        "Health and Safety; Fire Protection; First Aid; Occupational Health",
        "Risk Assessment; Evacuation Planning; Incident Reporting; Resuscitation",
        "Fire Safety; Safe Lifting; Working at Height; First Aid; Noise and Hearing; Lone Working",
        "for Laboratories; for Warehouses; for Theatres; on Building Sites; for New Starters",
    ),
    field(
        "Chemistry; Microbiology; Laboratory Practice; Materials Science",
        "Titration; Microscopy; Sample Preparation; Keeping a Lab Notebook",
        "Handling Solvents; Clean Benches; Spectroscopy; Cell Culture; Weighing; Cold Storage",
        "for Undergraduates; for Technicians; in the Field; Step by Step; for Visiting Scholars",
    ),
    field(
        "Data Science; Statistics; Databases; Data Visualisation",
        "SQL; Survey Design; Exploratory Analysis; Chart Reading",
        "Spreadsheets; Sampling; Dashboards; Regression; Time Series; Clean Data",
        "for Librarians; for the Curious; in a Week; without Fear; for Public Health",
    ),
    field(
        "Programming; Software Design; Testing; Operations",
        "Python; Debugging; Code Review; Version Control",
        "Python; Automated Tests; Readable Code; Web Services; Command Lines; Concurrency",
        "for Beginners; for Scientists; by Example; in Small Teams; after Hours",
    ),
    field(
        "Information Security; Privacy; Cryptography; Digital Forensics",
        "Threat Modelling; Password Hygiene; Log Analysis; Incident Response",
        "Spotting Phishing; Encryption; Safe Passwords; Access Control; Backups; Threat Modelling",
        "for Everyone; for Small Offices; for Travellers; for Administrators; in Schools",
    ),
    field(
        "Graphic Design; Typography; User Experience; Photography",
        "Sketching; Wireframing; Colour Grading; Usability Testing",
        "Typography; Colour; Accessible Design; Posters; Portrait Photography; Paper Prototypes",
        "for Print; for Screens; from Scratch; for Non-Designers; in Black and White",
    ),
    field(
        "Writing; Journalism; Rhetoric; Publishing",
        "Copy Editing; Interviewing; Public Speaking; Summarising",
        "Clear Reports; Minutes; Speeches; Grant Proposals; Interviewing; Plain Language",
        "for Engineers; for Committees; under Deadline; for Community Groups; that People Read",
    ),
    field(
        "Languages; Linguistics; Translation; Sign Language",
        "Conversational French; Note Taking; Subtitling; Phonetics",
        "French; Spanish; Portuguese; Welsh; Japanese; British Sign Language",
        "for Holidays; for Nurses; at the Table; on the Telephone; for Absolute Beginners",
    ),
    field(
        "Leadership; Team Building; Strategy; Project Management",
        "Delegation; Giving Feedback; Facilitation; Prioritising",
        "Meetings; Giving Feedback; Difficult Conversations; Delegation; Planning; Mentoring",
        "for New Managers; that End on Time; in Remote Teams; for Volunteers; across Cultures",
    ),
    field(
        "Accounting; Personal Finance; Procurement; Auditing",
        "Bookkeeping; Budgeting; Forecasting; Reading a Balance Sheet",
        "Budgets; Bookkeeping; Expenses; Payroll; Invoices; Internal Audit",
        "for Charities; for Departments; for Freelancers; in One Afternoon; without Tears",
    ),
    field(
        "Law; Compliance; Ethics; Records Management",
        "Contract Reading; Redaction; Policy Writing; Due Diligence",
        "Data Protection; Copyright; Anti-Bribery; Conflicts of Interest; Contracts; Archives",
        "for Researchers; for Trustees; in Plain Words; for Buyers; Refreshed",
    ),
    field(
        "Human Resources; Equality and Inclusion; Wellbeing; Recruitment",
        "Active Listening; Fair Interviewing; Conflict Resolution; Onboarding",
        "Fair Recruitment; Unconscious Bias; Wellbeing; Appraisals; Onboarding; Flexible Working",
        "for Line Managers; for Panels; for Hybrid Teams; Day by Day; for Small Employers",
    ),
    field(
        "Customer Service; Sales; Hospitality; Retail",
        "Handling Complaints; Negotiation; Upselling; Table Service",
        "Complaints; Warm Welcomes; Negotiation; Telephone Manners; Booking Desks; Queues",
        "for Reception; for Shops; in High Season; for Box Offices; with a Smile",
    ),
    field(
        "Marketing; Social Media; Public Relations; Event Management",
        "Storytelling; Search Optimisation; Media Planning; Crowd Management",
        "Newsletters; Brand Voice; Press Releases; Open Days; Festivals; Market Research",
        "for Museums; on a Shoestring; for Universities; for Local Business; from Idea to Launch",
    ),
    field(
        "Teaching; Assessment; Special Education; Early Childhood",
        "Lesson Planning; Questioning; Marking; Behaviour Support",
        "Lesson Planning; Marking; Outdoor Learning; Dyslexia; Storytelling; Group Work",
        "for Trainee Teachers; in Large Classes; in Primary Schools; Online; for Tutors",
    ),
    field(
        "Nursing; Pharmacy; Nutrition; Mental Health",
        "Taking Blood Pressure; Wound Care; Triage; Medicines Handling",
        "Hand Hygiene; Medication Rounds; Dementia Care; Wound Care; Triage; Healthy Sleep",
        "for Care Homes; on the Ward; for Families; for Night Shifts; in General Practice",
    ),
    field(
        "Mechanical Engineering; Electrical Engineering; Robotics; Metrology",
        "Soldering; Technical Drawing; Tolerance Analysis; Preventive Maintenance",
        "Soldering; Bearings; Circuit Reading; Pumps and Valves; Robot Arms; Tolerances",
        "for Apprentices; in the Workshop; for Makers; for Inspectors; Explained",
    ),
    field(
        "Architecture; Carpentry; Surveying; Building Services",
        "Plan Reading; Joinery; Levelling; Quantity Estimating",
        "Timber Frames; Dry Stone Walls; Lime Plaster; Site Surveys; Roofing; Stairs",
        "for Old Houses; for Self-Builders; in Wet Weather; for Foremen; to Last",
    ),
    field(
        "Cookery; Food Safety; Baking; Viticulture",
        "Knife Skills; Menu Costing; Bread Making; Allergen Labelling",
        "Food Hygiene; Allergens; Sourdough; Knife Skills; School Dinners; Fermentation",
        "for Small Kitchens; for Canteens; for Caterers; at Altitude; from Farm to Plate",
    ),
    field(
        "Environment; Ecology; Water Management; Waste and Recycling",
        "Species Identification; Carbon Accounting; Water Sampling; Mapping",
        "Pond Life; Recycling; River Surveys; Carbon Footprints; Hedgerows; Flood Planning",
        "for Wardens; for Councils; through the Seasons; for Citizen Scientists; at Work",
    ),
    field(
        "Renewable Energy; Power Systems; Heating; Energy Policy",
        "Load Calculation; Meter Reading; Turbine Inspection; Retrofit Planning",
        "Heat Pumps; Solar Roofs; Wind Turbines; Insulation; Batteries; Energy Bills",
        "for Installers; for Landlords; for Schools; in Cold Climates; from First Principles",
    ),
    field(
        "Transport; Logistics; Aviation; Navigation",
        "Route Planning; Forklift Driving; Cargo Lashing; Radio Procedure",
        "Forklifts; Customs Forms; Night Driving; Radio Procedure; Chart Work; Cycle Couriers",
        "for Drivers; in Harbours; for Dispatchers; in Fog; for Weekend Sailors",
    ),
    field(
        "History; Archaeology; Museum Studies; Conservation",
        "Cataloguing; Object Handling; Oral History; Palaeography",
        "Object Handling; Old Handwriting; Guided Tours; Pottery Drawing; Family History; Maps",
        "for Volunteers and Friends; for Curators; in the Trench; for Archivists; on Foot",
    ),
    field(
        "Music; Theatre; Painting; Film Studies",
        "Sight Reading; Stage Lighting; Watercolour; Sound Editing",
        "Choral Singing; Stage Lighting; Watercolour; Jazz Piano; Puppetry; Sound Editing",
        "for Late Starters; for Touring Companies; in Small Venues; for Children; by Ear",
    ),
    field(
        "Mathematics; Logic; Operations Research; History of Science",
        "Proof Writing; Mental Arithmetic; Optimisation; Modelling",
        "Probability; Geometry; Algorithms; Graph Theory; Fractions; Number Puzzles",
        "for Economists; with Paper and Scissors; on a Napkin; for Parents; for Architects",
    ),
    field(
        "Astronomy; Physics; Geology; Meteorology",
        "Telescope Alignment; Error Analysis; Rock Identification; Weather Observation",
        "Telescopes; Tides; Weather Maps; Optics; Rocks and Minerals; Northern Lights",
        "for Night Owls; for Island Schools; in the Kitchen; for Walkers; with the Naked Eye",
    ),
)

VARIANTS = ("Advanced", "Applied", "Introductory", "Comparative", "Modern", "Practical")
"""What stands before a subject or skill once the plain names are used up."""

# Known on several campuses, under one e-mail address: (first, middle, last).
SHARED_PEOPLE: tuple[tuple[str, str | None, str], ...] = (
    ("Ada", None, "Byron"),
    ("Søren", "Emil", "Lindqvist"),
    ("Mireille", None, "Fontaine"),
    ("Tomás", "Andrés", "Herrera"),
    ("Katherine", "Jane", "Osei"),
    ("Yuki", None, "Tanabe"),
    ("Zoë", "Marit", "van der Berg"),
    ("Oluwaseun", None, "Adebayo"),
    ("Benjamin", "Noel", "Ashworth"),
    ("Inês", None, "Carvalho"),
    ("Mohammed", "Tariq", "Rahmani"),
    ("Charlotte", "Elise", "Kowalczyk"),
    ("Priya", None, "Venkataraman"),
    ("Finnegan", None, "O'Malley"),
    ("Jürgen", "Karl", "Weiß"),
    ("Nadia", None, "Haddad"),
    ("Samuel", "Kofi", "Mensah"),
    ("Eleni", None, "Papadaki"),
    ("Wojciech", "Jan", "Zieliński"),
    ("Margaret", "Rose", "Abernathy"),
    ("Hiroshi", None, "Okabe"),
    ("Chloé", "Anaïs", "Dubreuil"),
    ("Rhys", None, "Llewellyn"),
    ("Aoife", "Brigid", "Gallagher"),
    ("Mateo", None, "Quispe"),
    ("Sigrún", None, "Jónsdóttir"),
    ("Christopher", "Lee", "Nakamura"),
    ("Amina", None, "Diallo"),
    ("Lukáš", "Petr", "Dvořák"),
    ("Josephine", None, "Whitlock"),
    ("Ravi", "Anand", "Subramanian"),
    ("Elizabeth", "Anne", "Thackeray"),
    ("Teuila", None, "Faleolo"),
    ("Nikolai", "Ivanovich", "Sokolov"),
    ("Leilani", None, "Kahale"),
    ("Anthony", "Marcus", "Bellweather"),
    ("Xiulan", None, "Shen"),
    ("Gabriela", "Luz", "Montoya"),
    ("Thandiwe", None, "Nkosi"),
    ("Oliver", "Bran", "Penhaligon"),
)

NICKNAMES = {
    "Katherine": "Kate",
    "Benjamin": "Ben",
    "Charlotte": "Lottie",
    "Samuel": "Sam",
    "Margaret": "Maggie",
    "Christopher": "Chris",
    "Josephine": "Jo",
    "Elizabeth": "Beth",
    "Anthony": "Tony",
    "Gabriela": "Gabi",
}

FIRST_NAMES = tuple(
    (
        "Alba Alfie Amara Anders Anouk Arlo Astrid Aurora Basil Beatriz Bo Bruno Camille Caspian "
        "Cecily Clara Cosmo Dalia Dario Delphine Dmitri Edith Elio Elsa Emeka Esme Farah Felix "
        "Flora Freya Gideon Greta Hana Hector Hugo Ida Idris Imogen Ines Isidore Ivo Jasper Juno "
        "Kaito Kamala Kerstin Lars Leila Leo Linnea Lorenzo Lucia Magnus Maia Malik Mara Marlon "
        "Mina Nadir Naomi Nell Nico Noor Odile Orla Oscar Otis Pablo Paloma Petra Quentin Rafael "
        "Rosa Rufus Sabine Saoirse Selma Silas Stella Sunniva Tamsin Theo Tilda Umar Una Vera "
        "Viggo Wanda Wilhelm Xenia Yara Yusuf Zara Zeno"
    ).split()
)

LAST_NAMES = tuple(
    (
        "Abbott Achterberg Albrecht Almeida Amsel Appleby Aranda Bancroft Barros Bergman Birch "
        "Blackwood Bouchard Brightwater Calloway Castellano Chaudhry Clement Conti Cordero Dahl "
        "Daly Delacroix Demir Eklund Ellery Engel Escobar Everhart Fairweather Farrow Ferreira "
        "Finch Fujita Galloway Garnier Goodfellow Grimaldi Hale Hartmann Hawthorne Hollis Ibarra "
        "Iversen Jansson Jephson Kaplan Kaya Keller Kimura Kirkwood Laurent Leclerc Lindgren "
        "Lockhart Lovell Marchetti Marlowe Merriweather Moreau Nakajima Navarro Nightingale "
        "Novak Oakley Okafor Olsson Orlov Palmer Pemberton Quill Radcliffe Ramos Renard Rossi "
        "Rowntree Sakamoto Salazar Sandoval Sinclair Sterling Stroud Takeda Thorne Tremblay "
        "Underhill Valdez Varga Vasquez Vogel Wainwright Weaver Wexford Winslow Wren Yamada "
        "Yilmaz Zeller Ziegler"
    ).split()
)

LESSON_OPENINGS = (
    "Welcome to",
    "Getting Started with",
    "The Ideas behind",
    "A Closer Look at",
    "Common Mistakes in",
    "A Case from Practice:",
    "Tools for",
    "Check Yourself:",
    "Looking Further:",
)

LESSON_PROVIDERS = ("Academy Press", "Open Shelf", "Harbour Films")

LANGUAGES = ("en_GB", "en_US", "fr_FR", "de_DE", "es_ES", "pt_BR", "cy_GB", "ja_JP", "nl_NL")

# How a title is announced in other languages; the title itself stays as it is.
TRANSLATED = {
    "fr_FR": ("Cours : {}", "Une introduction pratique, avec des exemples."),
    "de_DE": ("Kurs: {}", "Eine praktische Einführung mit Beispielen."),
    "es_ES": ("Curso: {}", "Una introducción práctica, con ejemplos."),
}
