package eu.diplomatics.quickstart.sample;

import eu.diplomatics.qualification.Basis;
import eu.diplomatics.quickstart.sample.Programmes.Programme;
import eu.diplomatics.taxonomy.Institutions.Institution;
import java.util.List;
import java.util.SplittableRandom;

/** Secondary education, from 12 to 18 or 19. */
final class School {
    private final Places places;
    private final Programmes programmes;
    private final SplittableRandom random;

    School(Places places, Programmes programmes, SplittableRandom random) {
        this.places = places;
        this.programmes = programmes;
        this.random = random;
    }

    enum Track {
        ASO,
        TSO,
        KSO,
        BSO,
        OV3,
        NO_DIPLOMA
    }

    /** @param year in which school was left */
    record Leaver(Track track, int year) {}

    Leaver attend(int birthYear, List<Award> awards) {
        Track track = track();
        Institution school = places.pick(track == Track.OV3 ? Places.SPECIAL_SCHOOL : "Secundaire school", random);
        int repeated = random.nextInt(100) < 22 ? 1 + random.nextInt(2) : 0;
        int end = birthYear + 18 + repeated;
        if (track != Track.OV3 && random.nextInt(100) < 25) {
            boolean b = track == Track.BSO;
            awards.add(Award.of(
                    b ? Level.FIRST_DEGREE_B : Level.FIRST_DEGREE_A,
                    school,
                    "10001",
                    "Getuigschrift van de eerste graad van het secundair onderwijs",
                    Days.school(birthYear + 14, random)));
        }
        return switch (track) {
            case ASO -> diploma(track, Level.SECOND_DEGREE_ASO, Level.DIPLOMA_ASO, school, end, awards);
            case TSO -> {
                Leaver leaver = diploma(track, Level.SECOND_DEGREE_TSO, Level.DIPLOMA_TSO, school, end, awards);
                yield random.nextInt(100) < 5 ? year7(leaver, "SENSE", Level.SE_N_SE, school, awards) : leaver;
            }
            case KSO -> diploma(track, Level.SECOND_DEGREE_KSO, Level.DIPLOMA_KSO, school, end, awards);
            case BSO -> {
                Leaver leaver = diploma(track, Level.SECOND_DEGREE_BSO, Level.CERTIFICATE_BSO, school, end, awards);
                yield random.nextInt(100) < 58 ? year7(leaver, "BSO7", Level.DIPLOMA_BSO, school, awards) : leaver;
            }
            case OV3 -> {
                Programme programme = programmes.pick("OV3", random);
                awards.add(Award.of(Level.OV3, school, programme.subject(), programme.name(), Days.school(end, random))
                        .in(field(programme)));
                yield new Leaver(track, end);
            }
            case NO_DIPLOMA -> new Leaver(track, end);
        };
    }

    private Track track() {
        int part = random.nextInt(100);
        if (part < 38) {
            return Track.ASO;
        }
        if (part < 66) {
            return Track.TSO;
        }
        if (part < 68) {
            return Track.KSO;
        }
        if (part < 90) {
            return Track.BSO;
        }
        return part < 92 ? Track.OV3 : Track.NO_DIPLOMA;
    }

    private Leaver diploma(Track track, Level second, Level third, Institution school, int end, List<Award> awards) {
        Programme programme = programmes.pick(track.name(), random);
        if (random.nextInt(100) < 40) {
            awards.add(Award.of(
                            second,
                            school,
                            programme.subject(),
                            track + " 2de graad " + programme.name(),
                            Days.school(end - 2, random))
                    .in(field(programme)));
        }
        awards.add(Award.of(
                        third,
                        school,
                        programme.subject(),
                        track + " 3de graad " + programme.name(),
                        Days.school(end, random))
                .in(field(programme)));
        return new Leaver(track, end);
    }

    private Leaver year7(Leaver leaver, String kind, Level level, Institution school, List<Award> awards) {
        Programme programme = programmes.pick(kind, random);
        awards.add(Award.of(
                        level,
                        school,
                        programme.subject(),
                        level.form + " 3de graad " + programme.name() + " (7de jaar)",
                        Days.school(leaver.year() + 1, random))
                .in(field(programme)));
        return new Leaver(leaver.track(), leaver.year() + 1);
    }

    private static Basis.Detail field(Programme programme) {
        return new Basis.Detail(programme.name(), programme.further());
    }
}
