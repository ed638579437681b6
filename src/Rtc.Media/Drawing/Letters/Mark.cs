namespace Rtc.Media.Drawing.Letters;

/// <summary>Where a mark goes on its letter.</summary>
internal enum MarkPlace
{
    /// <summary>Over the middle.</summary>
    Above,

    /// <summary>Under the middle, from the base line down.</summary>
    Below,

    /// <summary>At the right edge's upper end.</summary>
    RightAbove,

    /// <summary>At the right edge, from the base line down.</summary>
    RightBelow,

    /// <summary>In front, level with the capitals' top.</summary>
    Before,
}

/// <summary>
/// What is put on a letter to make another of it: as text has it (<paramref name="Combining"/>, 0 where Unicode takes
/// nothing apart), how it is drawn, and the letters that have it: pairs of one without and the same with it.
/// </summary>
internal sealed record Mark(char Combining, MarkPlace Place, string Strokes, string Letters)
{
    /// <summary>A mark above is drawn on its own small grid, this high.</summary>
    public const int Height = 4;

    /// <summary>From a letter's top up to the top of the grid of the mark above it.</summary>
    public const int Rise = 8;

    /// <summary>In a mark at the right, the column that lies on the letter's right edge.</summary>
    public const int EdgeColumn = 2;

    /// <summary>Between a mark in front and its letter.</summary>
    public const int Apart = 3;

    public static readonly Mark[] All =
    [
        // Acute, grave, circumflex, tilde, diaeresis.
        new('\u0301', MarkPlace.Above, "4:0440",
            "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśWẂwẃZŹzźÂẤâấÊẾêếÔỐôốĂẮăắƠỚơớƯỨưứαάεέηήιίοόυύωώϊΐϋΰГЃгѓКЌкќ"),
        new('\u0301', MarkPlace.Before, "2:2004", "ΑΆΕΈΗΉΙΊΟΌΥΎΩΏ"),
        new('\u0300', MarkPlace.Above, "4:0044", "AÀEÈIÌNǸOÒUÙaàeèiìnǹoòuùWẀwẁYỲyỳÂẦâầÊỀêềÔỒôồĂẰăằƠỜơờƯỪưừЕЀеѐИЍиѝ"),
        new('\u0302', MarkPlace.Above, "6:043064", "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷẠẬạậẸỆẹệỌỘọộ"),
        new('\u0303', MarkPlace.Above, "8:032131536381", "AÃIĨNÑOÕUŨaãiĩnñoõuũEẼeẽYỸyỹÂẪâẫÊỄêễÔỖôỗĂẴăẵƠỠơỡƯỮưữ"),
        new('\u0308', MarkPlace.Above, "6:0303 6363", "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸWẄwẅΙΪΥΫιϊυϋЕЁеёІЇії"),

        // Ring, breve, macron, dot, double acute, hook.
        new('\u030A', MarkPlace.Above, "4:@22220o", "AÅaåUŮuů"),
        new('\u0306', MarkPlace.Above, "6:@30340c", "AĂEĔGĞIĬOŎUŬaăeĕgğiĭoŏuŭẠẶạặИЙийУЎуў"),
        new('\u0304', MarkPlace.Above, "6:0363", "AĀEĒIĪOŌUŪaāeēiīoōuū"),
        new('\u0307', MarkPlace.Above, "0:0303", "CĊEĖGĠIİZŻcċeėgġzż"),
        new('\u030B', MarkPlace.Above, "6:0420 4460", "OŐUŰoőuű"),
        new('\u0309', MarkPlace.Above, "4:0030414225", "AẢEẺIỈOỎUỦYỶaảeẻiỉoỏuủyỷÂẨâẩÊỂêểÔỔôổĂẲăẳƠỞơởƯỬưử"),

        // Caron; on tall letters an apostrophe at the side.
        new('\u030C', MarkPlace.Above, "6:003460", "CČDĎEĚNŇRŘSŠTŤZŽcčeěnňrřsšzž"),
        new('\u030C', MarkPlace.RightAbove, "7:7559", "dďtťlľ"),
        new('\u030C', MarkPlace.RightAbove, "2:2409", "LĽ"),

        // Cedilla; a comma under letters that have no place for one, and over the g.
        new('\u0327', MarkPlace.Below, "4:2042442606", "CÇSŞcçsş"),
        new('\u0327', MarkPlace.Below, "2:2306", "GĢKĶLĻNŅRŖTŢkķlļnņrŗtţ"),
        new('\u0327', MarkPlace.Above, "2:2004", "gģ"),
        new('\u0326', MarkPlace.Below, "2:2306", "SȘTȚsștț"),

        // Ogonek, dot below, horn.
        new('\u0328', MarkPlace.RightBelow, "2:20031545", "AĄEĘIĮUŲaąiįuų"),
        new('\u0328', MarkPlace.RightBelow, "2:000425", "eę"),
        new('\u0323', MarkPlace.Below, "0:0505", "AẠEẸIỊOỌUỤYỴaạeẹiịoọuụƠỢơợƯỰưự"),
        new('\u0323', MarkPlace.RightBelow, "2:0505", "yỵ"),
        new('\u031B', MarkPlace.RightAbove, "4:09384644", "OƠoơ"),
        new('\u031B', MarkPlace.RightAbove, "4:25454341", "UƯuư"),

        // The upturn of Ukrainian's Ge.
        new('\0', MarkPlace.RightAbove, "2:2420", "ГҐгґ"),
    ];

    /// <summary>The letter that this mark makes of another, where it makes one.</summary>
    public bool TryPutOn(char letter, out char whole)
    {
        for (int i = 0; i < Letters.Length; i += 2)
        {
            if (Letters[i] == letter)
            {
                whole = Letters[i + 1];
                return true;
            }
        }

        whole = letter;
        return false;
    }
}
