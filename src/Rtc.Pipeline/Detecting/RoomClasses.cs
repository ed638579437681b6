using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Results;

namespace Rtc.Pipeline.Detecting;

/// <summary>
/// A room's class map: opened with the first picture that wants one, by the first profile that can be used, and given back
/// when the room wants none any more. Owned and called by the inference loop.
/// </summary>
internal sealed class RoomClasses(IModelHost models, IPipelineOutput output) : IDisposable
{
    private IClassMapper? _mapper;

    public IReadOnlyList<string> Names => _mapper?.ClassNames ?? [];

    /// <summary>The map of this picture; null where the model failed, and motion has taken over for the next one.</summary>
    public ClassMap? See(Picture picture, float inputScale)
    {
        _mapper ??= Open();
        if (_mapper.TryMapOrFail(picture, inputScale, out ClassMap? map, out string? problem))
        {
            return map;
        }

        output.OnNotice(new PipelineNotice("mask_model_failed", $"{_mapper.Model} failed: {problem}", Recoverable: true));
        Rest();
        _mapper = models.OpenClasses(SegmentProfile.Motion, out _);
        return null;
    }

    /// <summary>No map is wanted for the moment: the model is left to others.</summary>
    public void Rest()
    {
        _mapper?.Dispose();
        _mapper = null;
    }

    public void Dispose() => Rest();

    private IClassMapper Open()
    {
        foreach (ProfileInfo profile in models.Profiles.Where(profile => profile.Problem is null && profile.Name != SegmentProfile.Motion))
        {
            if (models.OpenClasses(profile.Name, out string? problem) is { } mapper)
            {
                return mapper;
            }

            output.OnNotice(new PipelineNotice("mask_model_unavailable", problem ?? profile.Name, Recoverable: true));
        }

        return models.OpenClasses(SegmentProfile.Motion, out _) ?? new Rtc.Inference.Motion.MotionMapper();
    }
}
