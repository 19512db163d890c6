package eu.diplomatics.quickstart.sample;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.quickstart.sample.Programmes.Programme;
import java.util.List;
import java.util.SplittableRandom;

/** What people learn, or have recognised, later in life. */
final class Adults {
    private static final int FIRST_YEAR = 1999;
    private static final String DUTCH_FOR_NEWCOMERS = "223001";

    private final Places places;
    private final Programmes programmes;
    private final SplittableRandom random;
    private final int lastYear;

    Adults(Places places, Programmes programmes, SplittableRandom random, int lastYear) {
        this.places = places;
        this.programmes = programmes;
        this.random = random;
        this.lastYear = lastYear;
    }

    void learn(Person person, List<Award> awards) {
        int adult = Math.max(FIRST_YEAR, person.birthDate().getYear() + 19);
        if (adult > lastYear) {
            return;
        }
        if (random.nextInt(100) < 24) {
            int start = year(adult);
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                awards.add(module(person, Math.min(start + i, lastYear)));
            }
        }
        if (random.nextInt(100) < 5) {
            Programme programme = programmes.pick("SYN", random);
            awards.add(Award.of(
                            Level.ENTREPRENEUR,
                            places.pick("Syntra", random),
                            programme.subject(),
                            "Getuigschrift ondernemersopleiding " + programme.name(),
                            Days.school(year(adult), random))
                    .in(new Basis.Detail(programme.name(), null)));
        }
        profession(adult, awards);
        Names.Roots roots = person.roots();
        if (roots != null && random.nextInt(100) < 14) {
            recognition(roots, person.birthDate().getYear() + 25, awards);
        }
    }

    Award module(Person person, int year) {
        Programme programme = programmes.pick("CVO", random);
        while (person.roots() == null && programme.subject().equals(DUTCH_FOR_NEWCOMERS)) {
            programme = programmes.pick("CVO", random);
        }
        boolean whole = random.nextInt(100) < 15;
        return Award.of(
                        whole ? Level.CVO_CERTIFICATE : Level.CVO_MODULE,
                        places.pick(Level.CVO_MODULE.awardingBody, random),
                        programme.subject(),
                        whole ? "Certificaat " + programme.name() : programme.name(),
                        Days.adult(year, random))
                .in(new Basis.Detail(programme.name(), null))
                .lasting(Integer.valueOf(programme.further()), null);
    }

    private void profession(int adult, List<Award> awards) {
        int part = random.nextInt(1000);
        if (part < 15 && lastYear >= 2015) {
            Programme programme = programmes.pick("BKW", random);
            Level level = switch (programme.further()) {
                case "2" -> Level.PROFESSION_2;
                case "3" -> Level.PROFESSION_3;
                default -> Level.PROFESSION_4;
            };
            awards.add(Award.of(
                    level,
                    places.pick("VDAB", random),
                    programme.subject(),
                    "Beroepskwalificatie " + programme.name(),
                    Days.any(year(Math.max(adult, 2015)), random)));
        } else if (part < 20 && adult <= 2012) {
            Programme programme = programmes.pick("EVB", random);
            int year = Math.min(lastYear, 2006 + random.nextInt(8));
            awards.add(Award.of(
                            Level.EXPERIENCE,
                            places.pick("VDAB", random),
                            programme.subject(),
                            "Ervaringsbewijs van " + programme.name() + " (m/v)",
                            Days.any(year, random))
                    .lasting(null, random.nextBoolean() ? "5 jaar" : null));
        }
    }

    private void recognition(Names.Roots roots, int earliest, List<Award> awards) {
        if (earliest > lastYear) {
            return;
        }
        Programme programme = programmes.pick("ACA", random);
        boolean master = random.nextInt(100) < 55;
        awards.add(Award.of(
                        master ? Level.RECOGNISED_MASTER : Level.RECOGNISED_BACHELOR,
                        places.pick("NARIC Vlaanderen", random),
                        programme.subject(),
                        "Gelijkwaardigheid met een " + (master ? "master in " : "bachelor in ") + programme.name(),
                        Days.any(year(Math.max(FIRST_YEAR, earliest)), random))
                .from(roots.country(), roots.language()));
    }

    private int year(int earliest) {
        return Math.min(earliest, lastYear) + random.nextInt(Math.max(1, lastYear - earliest + 1));
    }
}
