/**
 * A Kalman filter for one coordinate that moves with a steady velocity. ByteTrack's filter of eight states couples each
 * coordinate with its own velocity only, so four of these are the same filter.
 */
export class AxisFilter {
  /** @param {number} position @param {number} positionDeviation @param {number} velocityDeviation */
  constructor(position, positionDeviation, velocityDeviation) {
    this.position = position;
    this.velocity = 0;
    this.positionVariance = positionDeviation * positionDeviation;
    this.covariance = 0;
    this.velocityVariance = velocityDeviation * velocityDeviation;
  }

  /**
   * Moves on; the deviations are the process noise of one step.
   * @param {number} steps @param {number} positionDeviation @param {number} velocityDeviation
   */
  predict(steps, positionDeviation, velocityDeviation) {
    this.position += this.velocity * steps;
    this.positionVariance += steps * (2 * this.covariance + steps * this.velocityVariance + positionDeviation * positionDeviation);
    this.covariance += steps * this.velocityVariance;
    this.velocityVariance += steps * velocityDeviation * velocityDeviation;
  }

  /** @param {number} measured @param {number} deviation */
  correct(measured, deviation) {
    const innovationVariance = this.positionVariance + deviation * deviation;
    const positionGain = this.positionVariance / innovationVariance;
    const velocityGain = this.covariance / innovationVariance;
    const innovation = measured - this.position;
    this.position += positionGain * innovation;
    this.velocity += velocityGain * innovation;
    this.velocityVariance -= velocityGain * this.covariance;
    this.covariance -= positionGain * this.covariance;
    this.positionVariance -= positionGain * this.positionVariance;
  }

  /** @returns {AxisState} */
  get state() {
    return [this.position, this.velocity, this.positionVariance, this.covariance, this.velocityVariance];
  }

  /** @param {AxisState} state */
  static from(state) {
    const filter = new AxisFilter(0, 0, 0);
    [filter.position, filter.velocity, filter.positionVariance, filter.covariance, filter.velocityVariance] = state;
    return filter;
  }
}

/** @typedef {[number, number, number, number, number]} AxisState plain numbers, to hand over to another worker */
