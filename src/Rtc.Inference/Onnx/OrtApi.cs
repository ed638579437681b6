namespace Rtc.Inference.Onnx;

/// <summary>
/// ONNX Runtime's C API: one table of function pointers in the order of the published header
/// (onnxruntime_c_api.h, struct OrtApi). The table only ever grows at its end, so an index found in one
/// version holds in all later ones. Every call that can fail returns a status, null for success.
/// </summary>
internal readonly unsafe struct OrtApi(void** table)
{
    public const int CreateEnv = 3;
    public const int CreateSession = 7;
    public const int CreateSessionFromArray = 8;
    public const int Run = 9;
    public const int CreateSessionOptions = 10;
    public const int DisableMemPattern = 17;
    public const int SetSessionLogSeverityLevel = 22;
    public const int SetSessionGraphOptimizationLevel = 23;
    public const int SetIntraOpNumThreads = 24;
    public const int SetInterOpNumThreads = 25;
    public const int SessionGetInputCount = 30;
    public const int SessionGetOutputCount = 31;
    public const int SessionGetInputTypeInfo = 33;
    public const int SessionGetOutputTypeInfo = 34;
    public const int SessionGetInputName = 36;
    public const int SessionGetOutputName = 37;
    public const int CreateRunOptions = 39;
    public const int RunOptionsSetTerminate = 46;
    public const int RunOptionsUnsetTerminate = 47;
    public const int CreateTensorWithDataAsOrtValue = 49;
    public const int GetTensorMutableData = 51;
    public const int CastTypeInfoToTensorInfo = 55;
    public const int GetTensorElementType = 60;
    public const int GetDimensionsCount = 61;
    public const int GetDimensions = 62;
    public const int GetTensorTypeAndShape = 65;
    public const int CreateCpuMemoryInfo = 69;
    public const int AllocatorFree = 76;
    public const int GetAllocatorWithDefaultOptions = 78;
    public const int ReleaseSession = 95;
    public const int ReleaseValue = 96;
    public const int ReleaseRunOptions = 97;
    public const int ReleaseSessionOptions = 100;
    public const int SessionGetModelMetadata = 111;
    public const int AddFreeDimensionOverrideByName = 124;
    public const int AddSessionConfigEntry = 130;
    public const int AddRunConfigEntry = 165;
    public const int AppendTensorRtV2 = 170;
    public const int CreateTensorRtOptions = 171;
    public const int ReleaseTensorRtOptions = 174;
    public const int AppendCudaV2 = 204;
    public const int CreateCudaOptions = 205;
    public const int UpdateCudaOptions = 206;
    public const int ReleaseCudaOptions = 208;
    public const int AppendExecutionProvider = 216;

    private const int GetErrorCode = 1;
    private const int GetErrorMessage = 2;
    private const int ReleaseStatus = 93;
    private const int ReleaseTypeInfo = 98;
    private const int ReleaseTensorTypeAndShapeInfo = 99;
    private const int ModelMetadataLookup = 116;
    private const int ReleaseModelMetadata = 118;
    private const int ModelMetadataKeys = 123;
    private const int GetAvailableProviders = 125;
    private const int ReleaseAvailableProviders = 126;

    public void* this[int index] => table[index];

    /// <summary>Turns a status that is not null into an <see cref="OrtException"/> and frees it.</summary>
    public void Check(nint status)
    {
        if (status != 0)
        {
            throw Failure(status);
        }
    }

    public void Release(int index, nint handle) => ((delegate* unmanaged<nint, void>)table[index])(handle);

    public nint Create(int index)
    {
        nint handle;
        Check(((delegate* unmanaged<nint*, nint>)table[index])(&handle));
        return handle;
    }

    public void Set(int index, nint handle, int value) => Check(((delegate* unmanaged<nint, int, nint>)table[index])(handle, value));

    public string[] AvailableProviders()
    {
        byte** names;
        int count;
        Check(((delegate* unmanaged<byte***, int*, nint>)table[GetAvailableProviders])(&names, &count));
        string[] result = new string[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = Utf8.Read(names[i]);
        }

        Check(((delegate* unmanaged<byte**, int, nint>)table[ReleaseAvailableProviders])(names, count));
        return result;
    }

    public nint DefaultAllocator() => Create(GetAllocatorWithDefaultOptions);

    /// <summary>Type and dimensions behind an OrtTypeInfo, which is freed. Not a tensor: an undefined type.</summary>
    public (TensorType Type, long[] Shape) TakeTypeInfo(nint typeInfo)
    {
        try
        {
            nint tensorInfo;
            Check(((delegate* unmanaged<nint, nint*, nint>)table[CastTypeInfoToTensorInfo])(typeInfo, &tensorInfo));
            return tensorInfo == 0 ? (TensorType.Undefined, []) : ReadTensorInfo(tensorInfo);
        }
        finally
        {
            Release(ReleaseTypeInfo, typeInfo);
        }
    }

    /// <summary>Fills <paramref name="shape"/> with a value's dimensions and returns how many there are.</summary>
    public int ShapeOf(nint value, Span<long> shape, out TensorType type)
    {
        nint info;
        Check(((delegate* unmanaged<nint, nint*, nint>)table[GetTensorTypeAndShape])(value, &info));
        int elementType;
        nuint rank;
        Check(((delegate* unmanaged<nint, int*, nint>)table[GetTensorElementType])(info, &elementType));
        Check(((delegate* unmanaged<nint, nuint*, nint>)table[GetDimensionsCount])(info, &rank));
        int kept = Math.Min((int)rank, shape.Length);
        fixed (long* first = shape)
        {
            Check(((delegate* unmanaged<nint, long*, nuint, nint>)table[GetDimensions])(info, first, (nuint)kept));
        }

        Release(ReleaseTensorTypeAndShapeInfo, info);
        type = (TensorType)elementType;
        return kept;
    }

    public Dictionary<string, string> Metadata(nint session)
    {
        Dictionary<string, string> result = [];
        nint metadata;
        Check(((delegate* unmanaged<nint, nint*, nint>)table[SessionGetModelMetadata])(session, &metadata));
        nint allocator = DefaultAllocator();
        byte** keys;
        long count;
        Check(((delegate* unmanaged<nint, nint, byte***, long*, nint>)table[ModelMetadataKeys])(metadata, allocator, &keys, &count));
        for (long i = 0; i < count; i++)
        {
            byte* value;
            Check(((delegate* unmanaged<nint, nint, byte*, byte**, nint>)table[ModelMetadataLookup])(metadata, allocator, keys[i], &value));
            result[Utf8.Read(keys[i])] = value == null ? string.Empty : Utf8.Read(value);
            Free(allocator, value);
            Free(allocator, keys[i]);
        }

        Free(allocator, keys);
        Release(ReleaseModelMetadata, metadata);
        return result;
    }

    public void Free(nint allocator, void* memory)
    {
        if (memory != null)
        {
            Check(((delegate* unmanaged<nint, void*, nint>)table[AllocatorFree])(allocator, memory));
        }
    }

    private (TensorType Type, long[] Shape) ReadTensorInfo(nint info)
    {
        int elementType;
        nuint rank;
        Check(((delegate* unmanaged<nint, int*, nint>)table[GetTensorElementType])(info, &elementType));
        Check(((delegate* unmanaged<nint, nuint*, nint>)table[GetDimensionsCount])(info, &rank));
        long[] shape = new long[rank];
        fixed (long* first = shape)
        {
            Check(((delegate* unmanaged<nint, long*, nuint, nint>)table[GetDimensions])(info, first, rank));
        }

        return ((TensorType)elementType, shape);
    }

    private OrtException Failure(nint status)
    {
        int code = ((delegate* unmanaged<nint, int>)table[GetErrorCode])(status);
        string message = Utf8.Read(((delegate* unmanaged<nint, byte*>)table[GetErrorMessage])(status));
        Release(ReleaseStatus, status);
        return new OrtException(code, message);
    }
}
