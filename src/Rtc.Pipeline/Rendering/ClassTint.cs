using Rtc.Inference.Layouts;
using Rtc.Media;
using Rtc.Media.Drawing;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Rendering;

/// <summary>Tints a room's picture by its class map; memory is had with the first one.</summary>
internal sealed class ClassTint
{
    private const float Opacity = 0.5f;

    private ClassPainter? _painter;
    private ClassStyle? _style;
    private IReadOnlyList<string>? _namesFor;
    private IReadOnlyList<string>? _shownFor;

    public void Draw(Picture picture, SceneClasses classes, RoomSettings settings)
    {
        if (classes.Version == 0)
        {
            return;
        }

        if (_style is null || !ReferenceEquals(_namesFor, classes.Names) || !ReferenceEquals(_shownFor, settings.Classes))
        {
            (_namesFor, _shownFor) = (classes.Names, settings.Classes);
            _style = StyleOf(classes.Names, settings.Classes);
        }

        _painter ??= new ClassPainter();
        _painter.Paint(picture, classes.Map, _style);
    }

    private static ClassStyle StyleOf(IReadOnlyList<string> names, IReadOnlyList<string> wanted)
    {
        // A filter for what a detector knows may name nothing that this model does.
        bool all = !wanted.Any(name => names.Contains(name, StringComparer.OrdinalIgnoreCase));
        return new ClassStyle(
            ClassOverlay.Filled,
            Opacity,
            [.. names.Select((_, id) => ClassColours.Default(names.Count, id))],
            id => !SemanticNames.IsBackground(names, id) && (all || wanted.Contains(names[id], StringComparer.OrdinalIgnoreCase)));
    }
}
