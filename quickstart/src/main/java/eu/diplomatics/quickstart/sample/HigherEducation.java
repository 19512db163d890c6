package eu.diplomatics.quickstart.sample;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.quickstart.sample.Programmes.Programme;
import eu.diplomatics.quickstart.sample.School.Leaver;
import eu.diplomatics.taxonomy.Institutions.Institution;
import java.util.List;
import java.util.SplittableRandom;

/** What follows on school: before 2004 by the old degrees, then bachelor and master. */
final class HigherEducation {
    private static final int BACHELORS_FROM = 2007;
    private static final int MASTERS_FROM = 2008;
    private static final int GRADUATES_AT_COLLEGES_FROM = 2021;

    private final Places places;
    private final Programmes programmes;
    private final SplittableRandom random;

    HigherEducation(Places places, Programmes programmes, SplittableRandom random) {
        this.places = places;
        this.programmes = programmes;
        this.random = random;
    }

    void attend(Leaver leaver, List<Award> awards) {
        int part = random.nextInt(100);
        int year = leaver.year();
        switch (leaver.track()) {
            case ASO -> {
                if (part < 42) {
                    university(year, awards);
                } else if (part < 82) {
                    college(year, awards);
                }
            }
            case TSO, KSO -> {
                if (part < 46) {
                    college(year, awards);
                } else if (part < 55) {
                    graduate(year, awards);
                } else if (part < 59) {
                    university(year, awards);
                }
            }
            case BSO -> {
                if (part < 12) {
                    graduate(year, awards);
                }
            }
            case OV3, NO_DIPLOMA -> {
                // on to work
            }
        }
    }

    private void university(int start, List<Award> awards) {
        Programme programme = programmes.pick("ACA", random);
        Institution university = places.pick("Universiteit", random);
        int bachelor = start + 3 + delay();
        boolean old = bachelor < BACHELORS_FROM;
        String of = programme.further().isEmpty() || old ? "" : " of " + programme.further();
        awards.add(academic(
                old ? Level.CANDIDATE : Level.ACADEMIC_BACHELOR,
                university,
                programme,
                (old ? "Kandidaat in " : "Bachelor" + of + " in ") + programme.name(),
                old ? bachelor - 1 : bachelor));
        if (random.nextInt(100) >= 86) {
            return;
        }
        int master = bachelor + (random.nextInt(100) < 60 ? 1 : 2) + delay() / 2;
        boolean oldMaster = master < MASTERS_FROM;
        String ofMaster = programme.further().isEmpty() ? "" : " of " + programme.further();
        Award second = academic(
                oldMaster ? Level.LICENTIATE : Level.MASTER,
                university,
                programme,
                (oldMaster ? "Licentiaat in " : "Master" + ofMaster + " in ") + programme.name(),
                master);
        awards.add(!oldMaster && random.nextInt(100) < 12 ? second.from("BEL", "eng") : second);
        int part = random.nextInt(100);
        if (part < 7) {
            awards.add(Award.of(
                            Level.DOCTOR,
                            university,
                            programme.subject(),
                            "Doctor in " + programme.name(),
                            Days.any(master + 4 + random.nextInt(4), random))
                    .in(new Basis.Detail(field(programme), null))
                    .from("BEL", random.nextInt(100) < 70 ? "eng" : "nld"));
        } else if (part < 15 && !oldMaster) {
            awards.add(academic(
                    Level.ADVANCED_MASTER,
                    places.pick("Universiteit", random),
                    programme,
                    "Master" + ofMaster + " in " + programme.name() + " (master na master)",
                    master + 1 + random.nextInt(6)));
        }
    }

    private void college(int start, List<Award> awards) {
        Programme programme = programmes.pick("PRO", random);
        Institution college = places.pick("Hogeschool", random);
        int year = start + 3 + delay();
        boolean old = year < BACHELORS_FROM;
        awards.add(academic(
                old ? Level.ONE_CYCLE : Level.PROFESSIONAL_BACHELOR,
                college,
                programme,
                (old ? "Gegradueerde in " : "Bachelor in ") + programme.name(),
                year));
        if (!old && random.nextInt(100) < 9) {
            awards.add(academic(
                    Level.ADVANCED_BACHELOR,
                    college,
                    programme,
                    "Bachelor in " + programme.name() + " (bachelor na bachelor)",
                    year + 1 + random.nextInt(3)));
        }
    }

    private void graduate(int start, List<Award> awards) {
        Programme programme = programmes.pick("GRA", random);
        int year = start + 2 + delay();
        boolean college = year >= GRADUATES_AT_COLLEGES_FROM;
        awards.add(Award.of(
                        college ? Level.GRADUATE : Level.HBO5,
                        places.pick(college ? "Hogeschool" : Level.HBO5.awardingBody, random),
                        programme.subject(),
                        (college ? "Graduaat in " : "Gegradueerde in ") + programme.name(),
                        Days.higher(year, random))
                .in(new Basis.Detail(field(programme), null)));
    }

    private Award academic(Level level, Institution institution, Programme programme, String title, int year) {
        return Award.of(level, institution, programme.subject(), title, Days.higher(year, random))
                .in(new Basis.Detail(field(programme), null))
                .with(honours());
    }

    private int delay() {
        int part = random.nextInt(100);
        return part < 55 ? 0 : part < 82 ? 1 : 2;
    }

    /** The name without its article. */
    private static String field(Programme programme) {
        return programme.name().replaceFirst("^(de|het) ", "");
    }

    private String honours() {
        int part = random.nextInt(100);
        if (part < 50) {
            return "Op voldoende wijze";
        }
        if (part < 82) {
            return "Onderscheiding";
        }
        return part < 97 ? "Grote onderscheiding" : "Grootste onderscheiding";
    }
}
