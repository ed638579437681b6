namespace Rtc.Inference.Catalogue;

/// <summary>What a model of clips is for, as its edges tell: those that are neither detector, mask nor class map of live video.</summary>
public enum GraphKind
{
    None,

    /// <summary>Sound in, the sound of every stem out (Demucs).</summary>
    StemWaves,

    /// <summary>The spectrogram of one stem out of the whole one (Open-Unmix, Spleeter).</summary>
    StemSpectra,

    /// <summary>A picture and a mask in, the picture with its hole filled out (LaMa).</summary>
    Inpaint,

    /// <summary>Phrases and a picture in, a score for each phrase and box out (OWL-ViT, OWLv2).</summary>
    PhraseDetector,

    /// <summary>A sentence and a picture in, a score for each of its tokens and each box out (Grounding DINO).</summary>
    SentenceDetector,

    /// <summary>Embeddings of phrases and a picture in (YOLO-World).</summary>
    EmbeddingDetector,

    /// <summary>Tokens in, an embedding out (CLIP's text half).</summary>
    TextEncoder,

    /// <summary>SAM 2's four for video: the picture's features.</summary>
    VideoEncoder,

    /// <summary>The features seen in the light of what is remembered.</summary>
    MemoryAttention,

    /// <summary>What is to be remembered of a picture and its mask.</summary>
    MemoryEncoder,

    /// <summary>Features and a prompt in, a mask and a pointer to its object out.</summary>
    VideoDecoder,
}
