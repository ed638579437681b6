namespace Rtc.Analysis.Language;

/// <summary>A language model gave no answer that could be used; the scene is described without it.</summary>
internal sealed class LanguageException(string message) : Exception(message);
