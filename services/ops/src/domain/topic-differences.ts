import type { TopicSpecification } from '@baqylau/contracts'

/**
 * In what a topic is not as it must be, in words; nothing when it is. Parameters that the specification does not name are
 * the operator's to choose.
 */
export const topicDifferences = (
  wanted: TopicSpecification,
  found: Omit<TopicSpecification, 'topic'>,
): readonly string[] => {
  const partitions =
    found.partitions === wanted.partitions
      ? []
      : [`partitions: ${found.partitions} instead of ${wanted.partitions}`]
  const config = Object.entries(wanted.config)
    .filter(([name, value]) => found.config[name] !== value)
    .map(([name, value]) => `${name}: ${found.config[name] ?? 'unknown'} instead of ${value}`)
  return [...partitions, ...config]
}
