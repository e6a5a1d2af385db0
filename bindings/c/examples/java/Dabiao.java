import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;
import java.math.BigDecimal;
import java.util.Collections;

/**
 * Declarations of libdabiao for JNA, ready to copy into a system. size_t is a long here, as on
 * every 64-bit system. A handle is a Pointer that is passed on and never read.
 */
public interface Dabiao extends Library {
    int ABI_VERSION = 1;

    int OK = 0;
    byte VALUE = 0;
    byte MISSING = 1;
    byte NOT_APPLICABLE = 2;
    int LANG_ZH = 0;
    int LANG_EN = 1;
    int PART_SECTION = 0;
    int PART_ITEM = 1;
    int PART_BONUS = 2;
    int PART_DEDUCTION = 3;
    int PART_VETO = 4;
    int PART_GRADE = 5;
    long NO_POINTS = Long.MIN_VALUE;
    int NO_GRADE = -1;
    int FLAG_PROVISIONAL = 1;
    int STATE_MISSING = 2;

    @Structure.FieldOrder({"id", "versionOf", "titleZh", "titleEn", "noticeZh", "noticeEn", "source",
        "fullMarks", "decimals", "totalDecimals", "measures", "sections", "items", "bonuses",
        "deductions", "vetoes", "grades"})
    class StandardInfo extends Structure {
        public Pointer id, versionOf, titleZh, titleEn, noticeZh, noticeEn, source;
        public double fullMarks;
        public int decimals, totalDecimals;
        public long measures, sections, items, bonuses, deductions, vetoes, grades;
    }

    @Structure.FieldOrder({"code", "titleZh", "titleEn", "parent", "points"})
    class Part extends Structure {
        public Pointer code, titleZh, titleEn;
        public long parent;
        public double points;
    }

    @Structure.FieldOrder({"total", "totalBeforeBonus", "bonus", "deductions", "totalValue",
        "totalBeforeBonusValue", "grade", "gradeEarned", "flags", "rank", "vetoes", "decimals",
        "totalDecimals", "reserved"})
    class Card extends Structure {
        public long total, totalBeforeBonus, bonus, deductions;
        public double totalValue, totalBeforeBonusValue;
        public int grade, gradeEarned, flags, rank, vetoes, decimals, totalDecimals, reserved;
    }

    @Structure.FieldOrder({"sectionPoints", "sectionValues", "sections", "itemPoints", "itemValues",
        "itemStates", "items", "bonusPoints", "bonuses", "deductionPoints", "deductions",
        "vetoStates", "vetoes"})
    class CardParts extends Structure {
        public Pointer sectionPoints, sectionValues;
        public long sections;
        public Pointer itemPoints, itemValues, itemStates;
        public long items;
        public Pointer bonusPoints;
        public long bonuses;
        public Pointer deductionPoints;
        public long deductions;
        public Pointer vetoStates;
        public long vetoes;
    }

    int dabiao_abi_version();

    Pointer dabiao_last_error_message(int lang);

    Pointer dabiao_last_error_faults();

    int dabiao_standard_builtin(String id, PointerByReference out);

    int dabiao_standard_from_file(String path, PointerByReference out);

    int dabiao_standard_about(Pointer standard, StandardInfo out);

    int dabiao_standard_find_measure(Pointer standard, String name, long[] out);

    int dabiao_standard_part(Pointer standard, int kind, long index, Part out);

    int dabiao_standard_free(Pointer standard);

    int dabiao_scorer_new(Pointer standard, Pointer statistics, PointerByReference out);

    int dabiao_scorer_score(Pointer scorer, double[] values, byte[] states, long length, Card card,
        CardParts parts);

    int dabiao_scorer_free(Pointer scorer);

    /** A call failed. */
    class Failure extends RuntimeException {
        /** Every fault of an input, as JSON. */
        public final String faults;

        Failure(Dabiao library) {
            super(text(library.dabiao_last_error_message(LANG_EN)));
            faults = text(library.dabiao_last_error_faults());
        }
    }

    /** The library, with texts as UTF-8. */
    static Dabiao load() {
        Dabiao library = Native.load("dabiao", Dabiao.class,
            Collections.singletonMap(Library.OPTION_STRING_ENCODING, "UTF-8"));
        if (library.dabiao_abi_version() != ABI_VERSION) {
            throw new UnsatisfiedLinkError("libdabiao is of another ABI than " + ABI_VERSION);
        }
        return library;
    }

    static void check(Dabiao library, int status) {
        if (status != OK) {
            throw new Failure(library);
        }
    }

    static String text(Pointer utf8) {
        return utf8 == null ? null : utf8.getString(0, "UTF-8");
    }

    /** Points as they are published: exact, with their digits after the point. */
    static BigDecimal points(long scaled, int decimals) {
        return scaled == NO_POINTS ? null : BigDecimal.valueOf(scaled, decimals);
    }
}
