namespace FerRos.Perception.Tracking;

/// <summary>A Kalman filter of one coordinate: position and velocity, driven by white noise in acceleration.</summary>
internal struct ConstantVelocity
{
    private float _variance;
    private float _covariance;
    private float _velocityVariance;

    public float Position { get; private set; }

    public float Velocity { get; private set; }

    public void Start(float position, float positionDeviation, float velocityDeviation)
    {
        Position = position;
        Velocity = 0;
        _variance = positionDeviation * positionDeviation;
        _covariance = 0;
        _velocityVariance = velocityDeviation * velocityDeviation;
    }

    /// <summary>Moves on in time. The velocity fades, so that a face out of sight does not fly away.</summary>
    /// <param name="seconds">Time since the last call.</param>
    /// <param name="acceleration">Standard deviation of the acceleration.</param>
    /// <param name="fade">Factor that the velocity keeps, 0 to 1.</param>
    public void Predict(float seconds, float acceleration, float fade)
    {
        Position += Velocity * seconds;
        Velocity *= fade;
        float noise = acceleration * acceleration;
        float square = seconds * seconds;
        _variance += (2 * seconds * _covariance) + (square * _velocityVariance) + (0.25f * square * square * noise);
        _covariance = (fade * (_covariance + (seconds * _velocityVariance))) + (0.5f * square * seconds * noise);
        _velocityVariance = (fade * fade * _velocityVariance) + (square * noise);
    }

    public void Correct(float measured, float deviation)
    {
        float total = _variance + (deviation * deviation);
        float gain = _variance / total;
        float velocityGain = _covariance / total;
        float difference = measured - Position;
        Position += gain * difference;
        Velocity += velocityGain * difference;
        _velocityVariance -= velocityGain * _covariance;
        _covariance *= 1 - gain;
        _variance *= 1 - gain;
    }
}
