package eu.diplomatics.taxonomy;

import eu.diplomatics.qualification.Rejection;
import java.util.List;

/**
 * @param rejections why the basis data are not accepted; always empty in mode legacy
 * @param unlisted JSON pointers, into the request, of the values that are not in the taxonomy or not together; always
 *     empty in mode strict
 */
public record TaxonomyCheck(List<Rejection> rejections, List<String> unlisted) {}
