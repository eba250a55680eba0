namespace FerRos.Perception;

/// <summary>Says whose layer is used for a face. Asked once a face and picture, on the thread that processes pictures.</summary>
public interface IPersonLayers
{
    /// <summary>The layer of the person whose face this is; null: the general one.</summary>
    /// <param name="faceId">The face's id.</param>
    PersonLayer? LayerOf(string faceId);
}
