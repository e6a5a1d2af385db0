import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** One community, from Java: javac -cp jna.jar Dabiao.java Card.java; java -cp jna.jar:. Card */
public final class Card {
    private static final Map<String, Double> KNOWN = new LinkedHashMap<>();

    static {
        KNOWN.put("organisation_coverage", 97.5);
        KNOWN.put("community_workers", 12.0);
        KNOWN.put("residents", 8000.0);
        KNOWN.put("training_hours", 36.0);
        KNOWN.put("duty_rules", 1.0);
        KNOWN.put("household_visits", 1.0);
        KNOWN.put("duty_rota", 1.0);
        KNOWN.put("performance_appraisal", 0.0);
        KNOWN.put("compounds", 5.0);
        KNOWN.put("red_compounds", 4.0);
        KNOWN.put("activities", 11.0);
    }

    private final Dabiao library = Dabiao.load();
    private final PrintStream out;

    private Card(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        new Card(new PrintStream(System.out, true, "UTF-8")).run();
    }

    private void run() {
        PointerByReference made = new PointerByReference();
        Dabiao.check(library, library.dabiao_standard_builtin("weihai-2020", made));
        Pointer standard = made.getValue();
        try {
            Dabiao.check(library, library.dabiao_scorer_new(standard, null, made));
            Pointer scorer = made.getValue();
            try {
                score(standard, scorer);
            } finally {
                library.dabiao_scorer_free(scorer);
            }
        } finally {
            library.dabiao_standard_free(standard);
        }
        // A failure is an exception that says what is wrong.
        try {
            Dabiao.check(library, library.dabiao_standard_builtin("weihai-1920", made));
            throw new IllegalStateException("a standard that is not there was found");
        } catch (Dabiao.Failure failure) {
            if (!failure.getMessage().contains("weihai-1920")) {
                throw failure;
            }
        }
    }

    private void score(Pointer standard, Pointer scorer) {
        Dabiao.StandardInfo info = new Dabiao.StandardInfo();
        Dabiao.check(library, library.dabiao_standard_about(standard, info));

        double[] values = new double[(int) info.measures];
        byte[] states = new byte[(int) info.measures];
        Arrays.fill(states, Dabiao.MISSING);
        for (Map.Entry<String, Double> known : KNOWN.entrySet()) {
            long[] at = new long[1];
            Dabiao.check(library,
                library.dabiao_standard_find_measure(standard, known.getKey(), at));
            values[(int) at[0]] = known.getValue();
            states[(int) at[0]] = Dabiao.VALUE;
        }

        Dabiao.Card card = new Dabiao.Card();
        Dabiao.CardParts parts = new Dabiao.CardParts();
        Memory sections = new Memory(info.sections * Long.BYTES);
        Memory itemStates = new Memory(info.items);
        parts.sectionPoints = sections;
        parts.sections = info.sections;
        parts.itemStates = itemStates;
        parts.items = info.items;
        Dabiao.check(library, library.dabiao_scorer_score(scorer, values, states, values.length,
            card, parts));

        out.printf("%s (%s)%n", Dabiao.text(info.titleEn), Dabiao.text(info.id));
        out.printf("total %s of %.0f", Dabiao.points(card.total, card.totalDecimals),
            info.fullMarks);
        Dabiao.Part part = new Dabiao.Part();
        if (card.grade != Dabiao.NO_GRADE) {
            Dabiao.check(library,
                library.dabiao_standard_part(standard, Dabiao.PART_GRADE, card.grade, part));
            out.printf(", grade %s", Dabiao.text(part.titleEn));
        }
        out.println((card.flags & Dabiao.FLAG_PROVISIONAL) != 0 ? ", provisional" : "");
        for (int i = 0; i < info.sections; i++) {
            Dabiao.check(library,
                library.dabiao_standard_part(standard, Dabiao.PART_SECTION, i, part));
            long earned = sections.getLong((long) i * Long.BYTES);
            out.printf("  %s %s: %s of %.0f%n", Dabiao.text(part.code), Dabiao.text(part.titleEn),
                Dabiao.points(earned, card.decimals), part.points);
        }
        int missing = 0;
        for (int i = 0; i < info.items; i++) {
            missing += (itemStates.getByte(i) & Dabiao.STATE_MISSING) != 0 ? 1 : 0;
        }
        out.printf("items with a missing value: %d of %d%n", missing, info.items);
    }
}
