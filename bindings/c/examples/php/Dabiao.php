<?php

declare(strict_types=1);

/**
 * Declarations of libdabiao for PHP's FFI, ready to copy into a system. Texts are UTF-8, as
 * PHP's own. A handle is a void pointer that is passed on and never read.
 */
final class Dabiao
{
    public const ABI_VERSION = 1;
    public const OK = 0;
    public const VALUE = 0;
    public const MISSING = 1;
    public const NOT_APPLICABLE = 2;
    public const LANG_ZH = 0;
    public const LANG_EN = 1;
    public const PART_SECTION = 0;
    public const PART_GRADE = 5;
    public const NO_POINTS = PHP_INT_MIN;
    public const NO_GRADE = -1;
    public const FLAG_PROVISIONAL = 1;
    public const STATE_MISSING = 2;

    private const DECLARATIONS = <<<'C'
        typedef struct {
            const char *id; const char *version; const char *title_zh; const char *title_en;
            const char *notice_zh; const char *notice_en; const char *source;
            double full_marks;
            uint32_t decimals, total_decimals;
            size_t measures, sections, items, bonuses, deductions, vetoes, grades;
        } dabiao_standard_info;
        typedef struct {
            const char *code; const char *title_zh; const char *title_en;
            size_t parent;
            double points;
        } dabiao_part;
        typedef struct {
            int64_t total, total_before_bonus, bonus, deductions;
            double total_value, total_before_bonus_value;
            int32_t grade, grade_earned;
            uint32_t flags, rank, vetoes, decimals, total_decimals, reserved;
        } dabiao_card;
        typedef struct {
            int64_t *section_points; double *section_values; size_t sections;
            int64_t *item_points; double *item_values; uint8_t *item_states; size_t items;
            int64_t *bonus_points; size_t bonuses;
            int64_t *deduction_points; size_t deductions;
            uint8_t *veto_states; size_t vetoes;
        } dabiao_card_parts;
        uint32_t dabiao_abi_version(void);
        const char *dabiao_last_error_message(int32_t lang);
        const char *dabiao_last_error_faults(void);
        int dabiao_standard_builtin(const char *id, void **out);
        int dabiao_standard_from_file(const char *path, void **out);
        int dabiao_standard_about(const void *standard, dabiao_standard_info *out);
        int dabiao_standard_find_measure(const void *standard, const char *name, size_t *out);
        int dabiao_standard_part(const void *standard, int32_t kind, size_t index, dabiao_part *out);
        int dabiao_standard_free(void *standard);
        int dabiao_scorer_new(const void *standard, const void *statistics, void **out);
        int dabiao_scorer_score(void *scorer, const double *values, const uint8_t *states,
                                size_t length, dabiao_card *card, const dabiao_card_parts *parts);
        int dabiao_scorer_free(void *scorer);
        C;

    public readonly FFI $ffi;

    public function __construct(string $library = 'libdabiao.so.1')
    {
        $this->ffi = FFI::cdef(self::DECLARATIONS, $library);
        if ($this->ffi->dabiao_abi_version() !== self::ABI_VERSION) {
            throw new RuntimeException("$library is of another ABI");
        }
    }

    public function check(int $status): void
    {
        if ($status !== self::OK) {
            throw new DabiaoException(
                $this->ffi->dabiao_last_error_message(self::LANG_EN),
                $status,
                $this->ffi->dabiao_last_error_faults(),
            );
        }
    }

    /** Calls $make with the arguments and a place for the handle that comes out. */
    public function made(string $make, mixed ...$arguments): FFI\CData
    {
        $out = $this->ffi->new('void *');
        $this->check($this->ffi->$make(...[...$arguments, FFI::addr($out)]));
        return $out;
    }

    /** A C structure, or an array such as "double[57]". */
    public function new(string $type): FFI\CData
    {
        return $this->ffi->new($type);
    }

    public static function text(FFI\CData|string|null $utf8): ?string
    {
        return $utf8 instanceof FFI\CData ? FFI::string($utf8) : $utf8;
    }

    /** Points as they are published, with exactly so many digits after the point. */
    public static function points(int $scaled, int $decimals): string
    {
        if ($scaled === self::NO_POINTS) {
            return '-';
        }
        $digits = str_pad((string) abs($scaled), $decimals + 1, '0', STR_PAD_LEFT);
        $sign = $scaled < 0 ? '-' : '';
        return $decimals === 0 ? $sign . $digits
            : $sign . substr($digits, 0, -$decimals) . '.' . substr($digits, -$decimals);
    }
}

/** A call failed. */
final class DabiaoException extends RuntimeException
{
    /** @param string $faults every fault of an input, as JSON */
    public function __construct(string $message, int $status, public readonly string $faults)
    {
        parent::__construct($message, $status);
    }
}
