/** Pictures, wherever their pixels are. */
package org.edgetasks.framework.image;
