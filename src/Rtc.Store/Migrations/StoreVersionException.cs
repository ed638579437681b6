namespace Rtc.Store.Migrations;

/// <summary>The tables are those of a newer program: this one would not keep what that one has written.</summary>
public sealed class StoreVersionException(int found, int known) : Exception(
    $"The store is at version {found} and this program knows {known}: start the newer program, or give Store:Connection another database.");
