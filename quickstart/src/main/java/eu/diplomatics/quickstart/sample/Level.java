package eu.diplomatics.quickstart.sample;

/** The kinds of qualification that are made up, in the values of the taxonomy. */
enum Level {
    FIRST_DEGREE_A("Secundair onderwijs", "1ste graad", "A", "Getuigschrift", "Secundaire school", "Gewoon"),
    FIRST_DEGREE_B("Secundair onderwijs", "1ste graad", "B", "Getuigschrift", "Secundaire school", "Gewoon"),
    SECOND_DEGREE_ASO("Secundair onderwijs", "2de graad", "ASO", "Getuigschrift", "Secundaire school", "Gewoon"),
    SECOND_DEGREE_TSO("Secundair onderwijs", "2de graad", "TSO", "Getuigschrift", "Secundaire school", "Gewoon"),
    SECOND_DEGREE_KSO("Secundair onderwijs", "2de graad", "KSO", "Getuigschrift", "Secundaire school", "Gewoon"),
    SECOND_DEGREE_BSO("Secundair onderwijs", "2de graad", "BSO", "Getuigschrift", "Secundaire school", "Gewoon"),
    DIPLOMA_ASO("Secundair onderwijs", "3de graad", "ASO", "Diploma", "Secundaire school", "Gewoon"),
    DIPLOMA_TSO("Secundair onderwijs", "3de graad", "TSO", "Diploma", "Secundaire school", "Gewoon"),
    DIPLOMA_KSO("Secundair onderwijs", "3de graad", "KSO", "Diploma", "Secundaire school", "Gewoon"),
    CERTIFICATE_BSO("Secundair onderwijs", "3de graad", "BSO", "Studiegetuigschrift", "Secundaire school", "Gewoon"),
    DIPLOMA_BSO("Secundair onderwijs", "3de graad, 7de leerjaar", "BSO", "Diploma", "Secundaire school", "Gewoon"),
    SE_N_SE("Secundair onderwijs", "Se-n-Se", "TSO", "Certificaat", "Secundaire school", "Gewoon"),
    OV3("Secundair onderwijs", "OV3", Level.NONE, "Getuigschrift", "Secundaire school", "Buitengewoon"),
    CVO_MODULE("Secundair onderwijs", Level.NONE, Level.NONE, "Deelcertificaat", Level.CVO, "Gewoon"),
    CVO_CERTIFICATE("Secundair onderwijs", Level.NONE, Level.NONE, "Certificaat", Level.CVO, "Gewoon"),
    HBO5("Hoger beroepsonderwijs", "Graduaat", Level.NONE, "Diploma", Level.CVO, Level.NONE),
    GRADUATE(Level.HIGHER, "Graduaat", Level.NONE, "Diploma", "Hogeschool", Level.NONE),
    ONE_CYCLE(Level.HIGHER, "Gegradueerde", Level.NONE, "Diploma", "Hogeschool", Level.NONE),
    PROFESSIONAL_BACHELOR(Level.HIGHER, "Professionele bachelor", Level.NONE, "Diploma", "Hogeschool", Level.NONE),
    ADVANCED_BACHELOR(Level.HIGHER, "Bachelor na bachelor", Level.NONE, "Diploma", "Hogeschool", Level.NONE),
    CANDIDATE(Level.HIGHER, "Kandidaat", Level.NONE, "Diploma", "Universiteit", Level.NONE),
    LICENTIATE(Level.HIGHER, "Licentiaat", Level.NONE, "Diploma", "Universiteit", Level.NONE),
    ACADEMIC_BACHELOR(Level.HIGHER, "Academische bachelor", Level.NONE, "Diploma", "Universiteit", Level.NONE),
    MASTER(Level.HIGHER, "Master", Level.NONE, "Diploma", "Universiteit", Level.NONE),
    ADVANCED_MASTER(Level.HIGHER, "Master na master", Level.NONE, "Diploma", "Universiteit", Level.NONE),
    DOCTOR(Level.HIGHER, "Doctor", Level.NONE, "Diploma", "Universiteit", Level.NONE),
    RECOGNISED_BACHELOR(
            Level.HIGHER, "Academische bachelor", Level.NONE, "Gelijkwaardigheid", "NARIC Vlaanderen", Level.NONE),
    RECOGNISED_MASTER(Level.HIGHER, "Master", Level.NONE, "Gelijkwaardigheid", "NARIC Vlaanderen", Level.NONE),
    ENTREPRENEUR("Ondernemersopleidingen", Level.NONE, Level.NONE, "Getuigschrift", "Syntra", Level.NONE),
    EXPERIENCE(
            "Ervaringsbewijzen",
            Level.NONE,
            Level.NONE,
            "Wettelijk certificaat",
            "Vlaams Subsidieagentschap Werk en Sociale Economie (VSAWSE)",
            Level.NONE),
    PROFESSION_2("Beroepskwalificaties", "Niveau 2", Level.NONE, Level.PROFESSION, "VDAB", Level.NONE),
    PROFESSION_3("Beroepskwalificaties", "Niveau 3", Level.NONE, Level.PROFESSION, "VDAB", Level.NONE),
    PROFESSION_4("Beroepskwalificaties", "Niveau 4", Level.NONE, Level.PROFESSION, "VDAB", Level.NONE);

    private static final String NONE = "Niet van toepassing";
    private static final String HIGHER = "Hoger onderwijs";
    private static final String CVO = "Centrum voor Volwassenenonderwijs (CVO)";
    private static final String PROFESSION = "Bewijs van beroepskwalificatie";

    final String category;
    final String degree;
    final String form;
    final String kind;
    final String awardingBody;
    final String schoolType;

    Level(String category, String degree, String form, String kind, String awardingBody, String schoolType) {
        this.category = category;
        this.degree = degree;
        this.form = form;
        this.kind = kind;
        this.awardingBody = awardingBody;
        this.schoolType = schoolType;
    }

    String state() {
        return this == CVO_MODULE ? "Tussenbewijs" : "Eindbewijs";
    }
}
