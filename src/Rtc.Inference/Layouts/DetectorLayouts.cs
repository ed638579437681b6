namespace Rtc.Inference.Layouts;

/// <summary>The families known, in the order in which they are asked; the narrow descriptions come first.</summary>
internal static class DetectorLayouts
{
    public const string Known =
        "YOLOX [1,cells,5+C]; YOLOv5 [1,3·cells,5+C]; YOLOv8/9/11/12 [1,4+C,cells], -seg with [1,k,h,w]; end-to-end [1,N,6]; "
        + "NanoDet [1,cells,C] and [1,cells,4·bins] a level, or [1,cells,C+32]; SSD boxes [1,N,4], scores [1,N], classes [1,N]; "
        + "YuNet cls_8, obj_8, bbox_8, kps_8 and the same of 16 and 32; DETR boxes [1,N,4] and logits [1,N,C], or [1,N,4+C]";

    private static readonly Func<ModelProbe, IDetectorLayout?>[] Families =
    [
        YoloxLayout.Recognise,
        YuNetLayout.Recognise,
        NanoDetLayout.Recognise,
        YoloV5Layout.Recognise,
        YoloV8Layout.Recognise,
        EndToEndLayout.Recognise,
        SsdLayout.Recognise,
        DetrLayout.Recognise,
    ];

    public static IDetectorLayout? Recognise(ModelProbe probe)
    {
        if (probe.Outputs.Count == 0)
        {
            return null;
        }

        foreach (Func<ModelProbe, IDetectorLayout?> family in Families)
        {
            if (family(probe) is { } layout)
            {
                return layout;
            }
        }

        return null;
    }
}
