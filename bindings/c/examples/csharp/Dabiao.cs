// Declarations of libdabiao for .NET and Mono, ready to copy into a system.
//
// size_t is UIntPtr; texts are UTF-8 on both sides, whatever the system's own encoding is.

using System;
using System.Runtime.InteropServices;
using System.Text;

public sealed class DabiaoException : Exception
{
    public int Status { get; private set; }

    /// Every fault of an input, as JSON.
    public string Faults { get; private set; }

    internal DabiaoException(int status)
        : base(Dabiao.Text(Dabiao.dabiao_last_error_message(Dabiao.LangEn)))
    {
        Status = status;
        Faults = Dabiao.Text(Dabiao.dabiao_last_error_faults());
    }
}

public static class Dabiao
{
    public const uint AbiVersion = 1;
    public const byte Value = 0, Missing = 1, NotApplicable = 2;
    public const int LangZh = 0, LangEn = 1;
    public const int PartSection = 0, PartItem = 1, PartBonus = 2, PartDeduction = 3, PartVeto = 4, PartGrade = 5;
    public const long NoPoints = long.MinValue;
    public const int NoGrade = -1;
    public const uint FlagProvisional = 1;
    public const byte StateMissing = 2;

    [StructLayout(LayoutKind.Sequential)]
    public struct StandardInfo
    {
        public IntPtr Id, Version, TitleZh, TitleEn, NoticeZh, NoticeEn, Source;
        public double FullMarks;
        public uint Decimals, TotalDecimals;
        public UIntPtr Measures, Sections, Items, Bonuses, Deductions, Vetoes, Grades;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Part
    {
        public IntPtr Code, TitleZh, TitleEn;
        public UIntPtr Parent;
        public double Points;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Card
    {
        public long Total, TotalBeforeBonus, Bonus, Deductions;
        public double TotalValue, TotalBeforeBonusValue;
        public int Grade, GradeEarned;
        public uint Flags, Rank, Vetoes, Decimals, TotalDecimals, Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct CardParts
    {
        public IntPtr SectionPoints, SectionValues;
        public UIntPtr Sections;
        public IntPtr ItemPoints, ItemValues, ItemStates;
        public UIntPtr Items;
        public IntPtr BonusPoints;
        public UIntPtr Bonuses;
        public IntPtr DeductionPoints;
        public UIntPtr Deductions;
        public IntPtr VetoStates;
        public UIntPtr Vetoes;
    }

    [DllImport("dabiao")] public static extern uint dabiao_abi_version();
    [DllImport("dabiao")] public static extern IntPtr dabiao_last_error_message(int lang);
    [DllImport("dabiao")] public static extern IntPtr dabiao_last_error_faults();
    [DllImport("dabiao")] public static extern int dabiao_standard_builtin(byte[] id, out IntPtr made);
    [DllImport("dabiao")] public static extern int dabiao_standard_from_file(byte[] path, out IntPtr made);
    [DllImport("dabiao")] public static extern int dabiao_standard_about(IntPtr standard, out StandardInfo info);
    [DllImport("dabiao")] public static extern int dabiao_standard_find_measure(IntPtr standard, byte[] name, out UIntPtr index);
    [DllImport("dabiao")] public static extern int dabiao_standard_part(IntPtr standard, int kind, UIntPtr index, out Part part);
    [DllImport("dabiao")] public static extern int dabiao_standard_free(IntPtr standard);
    [DllImport("dabiao")] public static extern int dabiao_scorer_new(IntPtr standard, IntPtr statistics, out IntPtr made);
    [DllImport("dabiao")] public static extern int dabiao_scorer_score(IntPtr scorer, double[] values, byte[] states, UIntPtr length, out Card card, ref CardParts parts);
    [DllImport("dabiao")] public static extern int dabiao_scorer_free(IntPtr scorer);

    public static void Check(int status)
    {
        if (status != 0) throw new DabiaoException(status);
    }

    public static byte[] Utf8(string text)
    {
        return Encoding.UTF8.GetBytes(text + "\0");
    }

    public static string Text(IntPtr utf8)
    {
        if (utf8 == IntPtr.Zero) return null;
        int length = 0;
        while (Marshal.ReadByte(utf8, length) != 0) length++;
        var bytes = new byte[length];
        Marshal.Copy(utf8, bytes, 0, length);
        return Encoding.UTF8.GetString(bytes);
    }

    /// Points as they are published: exact, with their digits after the point.
    public static decimal? Points(long scaled, uint decimals)
    {
        if (scaled == NoPoints) return null;
        bool negative = scaled < 0;
        ulong digits = negative ? (ulong)(-scaled) : (ulong)scaled;
        return new decimal((int)(digits & 0xffffffff), (int)(digits >> 32), 0, negative, (byte)decimals);
    }
}
