using Rtc.Inference.Catalogue;
using Rtc.Inference.Onnx;

namespace Rtc.Inference.Layouts;

/// <summary>What a class map's numbers mean: from the model's metadata, else the data set that has so many classes.</summary>
public static class SemanticNames
{
    /// <summary>ADE20K's 150 classes, which have no background.</summary>
    public static IReadOnlyList<string> Ade20k { get; } =
    [
        "wall", "building", "sky", "floor", "tree", "ceiling", "road", "bed", "windowpane", "grass",
        "cabinet", "sidewalk", "person", "earth", "door", "table", "mountain", "plant", "curtain", "chair",
        "car", "water", "painting", "sofa", "shelf", "house", "sea", "mirror", "rug", "field",
        "armchair", "seat", "fence", "desk", "rock", "wardrobe", "lamp", "bathtub", "railing", "cushion",
        "base", "box", "column", "signboard", "chest of drawers", "counter", "sand", "sink", "skyscraper", "fireplace",
        "refrigerator", "grandstand", "path", "stairs", "runway", "case", "pool table", "pillow", "screen door", "stairway",
        "river", "bridge", "bookcase", "blind", "coffee table", "toilet", "flower", "book", "hill", "bench",
        "countertop", "stove", "palm", "kitchen island", "computer", "swivel chair", "boat", "bar", "arcade machine", "hovel",
        "bus", "towel", "light", "truck", "tower", "chandelier", "awning", "streetlight", "booth", "television receiver",
        "airplane", "dirt track", "apparel", "pole", "land", "bannister", "escalator", "ottoman", "bottle", "buffet",
        "poster", "stage", "van", "ship", "fountain", "conveyer belt", "canopy", "washer", "plaything", "swimming pool",
        "stool", "barrel", "basket", "waterfall", "tent", "bag", "minibike", "cradle", "oven", "ball",
        "food", "step", "tank", "trade name", "microwave", "pot", "animal", "bicycle", "lake", "dishwasher",
        "screen", "blanket", "sculpture", "hood", "sconce", "vase", "traffic light", "tray", "ashcan", "fan",
        "pier", "crt screen", "plate", "monitor", "bulletin board", "shower", "radiator", "glass", "clock", "flag",
    ];

    /// <summary>Cityscapes' 19 classes that are trained on.</summary>
    public static IReadOnlyList<string> Cityscapes { get; } =
    [
        "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign", "vegetation", "terrain",
        "sky", "person", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle",
    ];

    /// <summary>Class 0 of the data sets that have one; ADE20K and Cityscapes name everything.</summary>
    public static bool IsBackground(IReadOnlyList<string> names, int id)
    {
        ArgumentNullException.ThrowIfNull(names);
        return id == 0 && names.Count > 0 && names[0] == "background";
    }

    /// <summary>Of a file that is not loaded; empty where its head does not say how many classes there are.</summary>
    internal static IReadOnlyList<string> Of(OnnxHeader header)
    {
        int main = SemanticLayout.MainOutput(header.Outputs);
        if (main < 0 || header.Outputs[main] is not { Rank: 4 } output)
        {
            return [];
        }

        bool interleaved = header.Inputs.Count > 0 && InputIsInterleaved(header.Inputs[0]);
        long classes = output.Shape[interleaved ? 3 : 1];
        return classes is > 1 and <= Media.ClassMap.MaxClasses ? For(header.Metadata, (int)classes) : [];
    }

    internal static IReadOnlyList<string> For(IReadOnlyDictionary<string, string> metadata, int count)
    {
        IReadOnlyList<string> told = ClassNames.For(metadata, count, paperIds: false);
        bool numbered = told.Count == 0 || told[0] == "class 0";
        return !numbered ? told : count switch
        {
            2 => ["background", "person"],
            19 => Cityscapes,
            81 => ["background", .. ClassNames.Coco],
            150 => Ade20k,
            _ => told,
        };
    }

    private static bool InputIsInterleaved(TensorInfo input) => input.Rank == 4 && input.Shape[3] == 3;
}
