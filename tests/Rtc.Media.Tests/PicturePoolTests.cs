namespace Rtc.Media.Tests;

public sealed unsafe class PicturePoolTests
{
    [Fact]
    public void A_returned_picture_is_lent_again_and_sizes_come_and_go()
    {
        using var pool = new PicturePool();
        Picture first = pool.Rent(64, 48);
        byte* memory = first.Y;
        first.Dispose();
        using (Picture second = pool.Rent(64, 48))
        {
            Assert.True(second.Y == memory);
        }

        for (int i = 1; i <= 100; i++)
        {
            pool.Rent(i, i).Dispose();
        }

        Assert.Equal(0, pool.Outstanding);
        Assert.True(pool.KeptBytes < 200_000, $"{pool.KeptBytes}");
        Picture hundredth = pool.Rent(100, 100);
        memory = hundredth.Y;
        hundredth.Dispose();
        using Picture again = pool.Rent(100, 100);
        Assert.True(again.Y == memory);
    }

    [Fact]
    public void Returning_twice_or_using_after_return_throws()
    {
        using var pool = new PicturePool();
        Picture picture = pool.Rent(4, 4);
        picture.Dispose();
        Assert.Throws<ObjectDisposedException>(picture.Dispose);
        Assert.Throws<ObjectDisposedException>(() => picture.RowY(0).Length);
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Diagnostic_pool_names_where_a_picture_was_forgotten()
    {
        PicturePool pool = PicturePool.Diagnostic();
        Forget(pool);
        InvalidOperationException found = Assert.Throws<InvalidOperationException>(pool.Dispose);
        Assert.Contains(nameof(Forget), found.Message, StringComparison.Ordinal);
    }

    /// <summary>Not inlined, or its name would not be on the stack that the pool remembers.</summary>
    [System.Runtime.CompilerServices.MethodImpl(
        System.Runtime.CompilerServices.MethodImplOptions.NoInlining | System.Runtime.CompilerServices.MethodImplOptions.NoOptimization)]
    private static void Forget(PicturePool pool) => _ = pool.Rent(8, 8);

    [Fact]
    public void The_diagnostic_pool_catches_a_late_writer()
    {
        PicturePool pool = PicturePool.Diagnostic();
        Picture picture = pool.Rent(8, 8);
        byte* stale = picture.Y;
        picture.Dispose();
        stale[5] = 1;
        Assert.Throws<InvalidOperationException>(pool.Dispose);
    }

    [Fact]
    public void The_diagnostic_pool_never_lends_a_stale_owner_its_picture_again()
    {
        using PicturePool pool = PicturePool.Diagnostic();
        Picture stale = pool.Rent(8, 8);
        stale.Dispose();
        using Picture fresh = pool.Rent(8, 8);
        Assert.NotSame(stale, fresh);
        Assert.Throws<ObjectDisposedException>(stale.Dispose);
    }

    [Fact]
    public void Many_threads_share_a_pool()
    {
        using var pool = new PicturePool();
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using Picture picture = pool.Rent(16 + (i % 3), 16);
            picture.RowY(0).Fill((byte)i);
            Assert.Equal((byte)i, picture.RowY(0)[15]);
        });
        Assert.Equal(0, pool.Outstanding);
    }
}
