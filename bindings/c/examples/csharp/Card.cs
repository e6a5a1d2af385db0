// One community, from C#: mcs Dabiao.cs Card.cs -out:card.exe; mono card.exe

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;

public static class Program
{
    static readonly Dictionary<string, double> Known = new Dictionary<string, double>
    {
        { "organisation_coverage", 97.5 },
        { "community_workers", 12 },
        { "residents", 8000 },
        { "training_hours", 36 },
        { "duty_rules", 1 },
        { "household_visits", 1 },
        { "duty_rota", 1 },
        { "performance_appraisal", 0 },
        { "compounds", 5 },
        { "red_compounds", 4 },
        { "activities", 11 },
    };

    public static int Main()
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        System.Threading.Thread.CurrentThread.CurrentCulture = CultureInfo.InvariantCulture;
        if (Dabiao.dabiao_abi_version() != Dabiao.AbiVersion) throw new DllNotFoundException("another ABI");
        IntPtr standard, scorer = IntPtr.Zero;
        Dabiao.Check(Dabiao.dabiao_standard_builtin(Dabiao.Utf8("weihai-2020"), out standard));
        try
        {
            Dabiao.Check(Dabiao.dabiao_scorer_new(standard, IntPtr.Zero, out scorer));
            Score(standard, scorer);
        }
        finally
        {
            Dabiao.dabiao_scorer_free(scorer);
            Dabiao.dabiao_standard_free(standard);
        }
        // A failure is an exception that says what is wrong.
        try
        {
            Dabiao.Check(Dabiao.dabiao_standard_builtin(Dabiao.Utf8("weihai-1920"), out standard));
            return 1;
        }
        catch (DabiaoException failure)
        {
            return failure.Message.Contains("weihai-1920") ? 0 : 1;
        }
    }

    static void Score(IntPtr standard, IntPtr scorer)
    {
        Dabiao.StandardInfo info;
        Dabiao.Check(Dabiao.dabiao_standard_about(standard, out info));

        var values = new double[(int)info.Measures];
        var states = Enumerable.Repeat(Dabiao.Missing, (int)info.Measures).ToArray();
        foreach (var known in Known)
        {
            UIntPtr at;
            Dabiao.Check(Dabiao.dabiao_standard_find_measure(standard, Dabiao.Utf8(known.Key), out at));
            values[(int)at] = known.Value;
            states[(int)at] = Dabiao.Value;
        }

        var sections = new long[(int)info.Sections];
        var itemStates = new byte[(int)info.Items];
        var sectionsPinned = GCHandle.Alloc(sections, GCHandleType.Pinned);
        var statesPinned = GCHandle.Alloc(itemStates, GCHandleType.Pinned);
        Dabiao.Card card;
        try
        {
            var parts = new Dabiao.CardParts
            {
                SectionPoints = sectionsPinned.AddrOfPinnedObject(),
                Sections = info.Sections,
                ItemStates = statesPinned.AddrOfPinnedObject(),
                Items = info.Items,
            };
            Dabiao.Check(Dabiao.dabiao_scorer_score(scorer, values, states, info.Measures, out card, ref parts));
        }
        finally
        {
            sectionsPinned.Free();
            statesPinned.Free();
        }

        Console.WriteLine("{0} ({1})", Dabiao.Text(info.TitleEn), Dabiao.Text(info.Id));
        Console.Write("total {0} of {1}", Dabiao.Points(card.Total, card.TotalDecimals), info.FullMarks);
        Dabiao.Part part;
        if (card.Grade != Dabiao.NoGrade)
        {
            Dabiao.Check(Dabiao.dabiao_standard_part(standard, Dabiao.PartGrade, (UIntPtr)card.Grade, out part));
            Console.Write(", grade {0}", Dabiao.Text(part.TitleEn));
        }
        Console.WriteLine((card.Flags & Dabiao.FlagProvisional) != 0 ? ", provisional" : "");
        for (int i = 0; i < sections.Length; i++)
        {
            Dabiao.Check(Dabiao.dabiao_standard_part(standard, Dabiao.PartSection, (UIntPtr)i, out part));
            Console.WriteLine("  {0} {1}: {2} of {3}", Dabiao.Text(part.Code), Dabiao.Text(part.TitleEn),
                Dabiao.Points(sections[i], card.Decimals), part.Points);
        }
        Console.WriteLine("items with a missing value: {0} of {1}",
            itemStates.Count(state => (state & Dabiao.StateMissing) != 0), info.Items);
    }
}
